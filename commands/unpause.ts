import {all, cidfile, filter, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import {selectContainers} from '../src/cli/selection.ts'

export default class Unpause extends EngineCommand {
  static override summary = 'Unpause the processes in one or more containers'
  static override description = 'Lets the processes of paused containers go on.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = ['<%= command.id %> mywebserver', '<%= command.id %> 860a4b23', '<%= command.id %> --all']
  static override strict = false
  static override flags = {all: all('Resume every paused container'), cidfile, filter, latest}

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Unpause)
    const runtime = await this.runtime()
    const chosen = await selectContainers(
      runtime,
      {names: argv, all: given.all, latest: given.latest, cidFiles: given.cidfile, filters: given.filter},
      {onlyIf: ({state}) => state.status === 'paused'},
    )
    await this.forEachChosen(chosen, async (container, name) => {
      await container.unpause()
      return name
    })
  }
}
