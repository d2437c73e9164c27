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
    all: all('Clean up every container that is not running'),
    exec: flags.string({summary: 'Clean up after the exec session with this ID instead'}),
    latest,
    rm: flags.bool({summary: 'Then remove the container'}),
    rmi: flags.bool({summary: "Then remove the container's image"}),
    'stopped-only': flags.bool({summary: 'Do nothing unless the container has stopped', hidden: true}),
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
