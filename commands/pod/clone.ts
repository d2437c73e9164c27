import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {clonePod} from '../../src/cli/pod/clone-pod.ts'
import {podDefaults, podFlags} from '../../src/cli/pod/create-flags.ts'
import {workingDirectory} from '../../src/host/index.ts'

export default class PodClone extends EngineCommand {
  static override summary = 'Clone an existing pod'
  static override description = 'Makes a pod like another, with containers like its, changed by the options given.'
  static override usage = 'POD NAME'
  static override examples = ['<%= command.id %> pod_name new_name', '<%= command.id %> --destroy --start podID']
  static override args = {pod: flags.arg({required: true}), name: flags.arg()}
  static override flags = {
    ...pick([
      ...(['blkio-weight', 'blkio-weight-device', 'cgroup-parent', 'cpu-shares', 'cpus', 'cpuset-cpus'] as const),
      ...(['cpuset-mems', 'device', 'device-read-bps', 'device-write-bps', 'gidmap', 'gpus', 'hostname'] as const),
      ...(['infra-command', 'infra-conmon-pidfile', 'infra-name', 'label', 'label-file', 'memory'] as const),
      ...(['memory-swap', 'name', 'pid', 'restart', 'security-opt', 'shm-size', 'shm-size-systemd'] as const),
      ...(['subgidname', 'subuidname', 'sysctl', 'uidmap', 'userns', 'uts', 'volume', 'volumes-from'] as const),
    ]),
    destroy: flags.bool({summary: 'Remove the original, with its containers, once the clone is made'}),
    start: flags.bool({summary: 'Start the clone'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(PodClone)
    const {destroy, start, ...options} = given
    const runtime = await this.runtime()
    const original = runtime.pods.lookup(args.pod)
    const context = {
      workingDirectory: workingDirectory(),
      environment: process.env,
      changed: (option: string) => this.changed(option),
      warn: (sentence: string) => this.printError(sentence),
    }
    const asked = {...podDefaults(), ...options, name: args.name ?? given.name}
    const pod = await clonePod(runtime, original, asked, context)
    if (destroy) await original.remove({force: true})
    if (start) for (const error of (await pod.start()).values()) this.report(error)
    this.print(pod.id)
  }
}

function pick<K extends keyof typeof podFlags>(names: readonly K[]): Pick<typeof podFlags, K> {
  return Object.fromEntries(names.map((name) => [name, podFlags[name]])) as Pick<typeof podFlags, K>
}
