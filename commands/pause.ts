import {all, cidfile, filter, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import {selectContainers} from '../src/cli/selection.ts'

export default class Pause extends EngineCommand {
  static override summary = 'Pause all the processes in one or more containers'
  static override description = 'Freezes every process of the containers until `unpause`.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = ['<%= command.id %> mywebserver', '<%= command.id %> 860a4b23', '<%= command.id %> --all']
  static override strict = false
  static override flags = {all: all('Pause every running container'), cidfile, filter, latest}

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Pause)
    const runtime = await this.runtime()
    const chosen = await selectContainers(
      runtime,
      {names: argv, all: given.all, latest: given.latest, cidFiles: given.cidfile, filters: given.filter},
      {onlyIf: ({state}) => state.status === 'running'},
    )
    await this.forEachChosen(chosen, async (container, name) => {
      await container.pause()
      return name
    })
  }
}
