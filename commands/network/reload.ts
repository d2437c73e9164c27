import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {EngineError} from '../../src/errors/index.ts'

export default class NetworkReload extends EngineCommand {
  static override summary = 'Reload firewall rules for one or more containers'
  static override description = 'Reload container network configuration, recreating firewall rules.'
  static override usage = '[CONTAINER...]'
  static override examples = ['<%= command.id %> web', '<%= command.id %> --all']
  static override args = {container: flags.arg({multiple: true})}
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Reload network configuration of all containers'}),
    latest: flags.bool({char: 'l', summary: 'Act on the latest container'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(NetworkReload)
    if (argv.length === 0 && !given.all && !given.latest)
      throw new EngineError('ERR_REFUSED', 'you must provide at least one name or id')
    const {containers, networks} = await this.runtime()
    const chosen = given.all
      ? networks.containers.list().map(({containerID}) => containerID)
      : given.latest
        ? [containers.latest().id]
        : (argv as string[])
    await this.forEachName(chosen, async (name) => {
      const {id} = containers.lookup(name)
      await networks.containers.reload(id)
      return id
    })
  }
}
