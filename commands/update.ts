import {latest} from '../src/cli/container-flags.ts'
import {healthFlags, healthRequest} from '../src/cli/create-options/health-options.ts'
import {restartOf} from '../src/cli/create-options/lifecycle-options.ts'
import {resourceFlags, resourcesOf} from '../src/cli/create-options/resource-options.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {noLimits} from '../src/cli/update/no-limits.ts'
import {updateResources} from '../src/cli/update/update-resources.ts'
import {updatedHealth} from '../src/cli/update/updated-health.ts'
import {updatedProcess} from '../src/cli/update/updated-process.ts'
import {EngineError} from '../src/errors/index.ts'
import {workingDirectory} from '../src/host/index.ts'
import {resolveRestart} from '../src/specgen/index.ts'

const {
  'cgroup-conf': _1,
  'cgroup-parent': _2,
  cgroups: _3,
  'kernel-memory': _4,
  'oom-kill-disable': _5,
  'oom-score-adj': _6,
  'rdt-class': _7,
  ...limitFlags
} = resourceFlags

export default class Update extends EngineCommand {
  static override summary = 'Update an existing container'
  static override description =
    "Updates the configuration of an existing container: limits and the restart policy at once, the environment, ulimits and the health check from the container's next start on."
  static override usage = 'CONTAINER'
  static override examples = [
    '<%= command.id %> --cpus=5 myCtr',
    '<%= command.id %> --memory 512m --pids-limit 100 myCtr',
  ]
  static override args = {container: flags.arg()}
  static override flags = {
    ...flags.section('Resource', limitFlags),
    ...flags.section('Health check', healthFlags),
    env: flags.array({char: 'e', summary: 'Environment variable to set, as KEY=VALUE (repeatable)'}),
    latest,
    restart: flags.string({
      summary: 'When to restart the container: always, no, never, on-failure[:TIMES] or unless-stopped',
      suggests: ['always', 'no', 'never', 'on-failure', 'unless-stopped'],
    }),
    unsetenv: flags.array({summary: 'Name of an environment variable to take away (repeatable)'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(Update)
    if (given.latest === (args.container !== undefined))
      throw new EngineError('ERR_REFUSED', 'update requires exactly one container name or ID, or --latest')
    const changed = (option: string): boolean => this.changed(option)
    const resources = updateResources(resourcesOf({...noLimits, ...given}), changed)
    const {containers} = await this.runtime()
    const container = given.latest ? containers.latest() : containers.lookup(args.container ?? '')
    const context = {changed, environment: process.env, workingDirectory: workingDirectory(), warn: () => undefined}
    const changesHealth = Object.keys(healthFlags).some(changed)
    await container.update({
      ...(Object.keys(resources).length > 0 && {resources}),
      ...(given.restart !== undefined && {restartPolicy: resolveRestart({restart: restartOf(given.restart)})}),
      config: {
        ...(changesHealth && updatedHealth(container.config, healthRequest(given, context).health)),
        ...updatedProcess(container.config, {set: given.env, unset: given.unsetenv, ulimits: given.ulimit}),
      },
    })
    this.print(container.id)
  }
}
