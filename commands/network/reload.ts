import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {selectContainers} from '../../src/cli/selection.ts'
import {hasCode} from '../../src/errors/index.ts'

export default class NetworkReload extends EngineCommand {
  static override summary = 'Reload firewall rules for one or more containers'
  static override description =
    'Makes the firewall rules of running containers anew, after something else has flushed them.'
  static override usage = '[CONTAINER...]'
  static override examples = ['<%= command.id %> web', '<%= command.id %> --all']
  static override args = {container: flags.arg({multiple: true})}
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Reload the networks of every container'}),
    latest: flags.bool({char: 'l', summary: 'Choose the container that was created last'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(NetworkReload)
    const selection = {names: argv as string[], all: given.all, latest: given.latest}
    const chosen = await selectContainers(await this.runtime(), selection)
    for (const {container} of chosen)
      try {
        const {id} = container()
        await container().reloadNetwork()
        this.print(id)
      } catch (error) {
        // Of all containers, those are meant that have a network to reload.
        if (!given.all || !hasCode(error, 'ERR_CTR_STATE_INVALID')) this.report(error)
      }
  }
}
