import {all, latest} from '../../src/cli/container-flags.ts'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {selectContainers} from '../../src/cli/selection.ts'
import {EngineError} from '../../src/errors/index.ts'

export default class ContainerCleanup extends EngineCommand {
  static override summary = 'Clean up network and mountpoints of one or more containers'
  static override description =
    "Gives back what a container that has ended still holds: mounts and network.\n\nThe container's monitor calls this at each end. By hand it helps after a crash."
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = [
    '<%= command.id %> --latest',
    '<%= command.id %> ctrID1 ctrID2',
    '<%= command.id %> --all',
  ]
  static override strict = false
  static override flags = {
    all: all('Cleans up all containers'),
    exec: flags.string({summary: 'Clean up the given exec session instead of the container'}),
    latest,
    rm: flags.bool({summary: 'After cleanup, remove the container entirely'}),
    rmi: flags.bool({summary: 'After cleanup, remove the image entirely'}),
    'stopped-only': flags.bool({summary: 'Only cleanup when the container is in the stopped state', hidden: true}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(ContainerCleanup)
    if (given.exec !== undefined && given.rmi) throw new EngineError('ERR_REFUSED', '--exec and --rmi options conflict')
    const session = given.exec
    const chosen = await selectContainers(
      await this.runtime(),
      {names: argv, all: given.all, latest: given.latest},
      {onlyIf: ({state}) => ['configured', 'created', 'stopped', 'exited'].includes(state.status)},
    )
    await this.forEachChosen(chosen, async (container, name) => {
      if (session !== undefined) await container.cleanupExec(session, {remove: given.rm})
      else await container.cleanup({remove: given.rm, removeImage: given.rmi, ifStopped: given['stopped-only']})
      return name
    })
  }
}
