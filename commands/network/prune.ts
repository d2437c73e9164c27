import {confirm} from '../../src/cli/confirm.ts'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {networkPruneFilter} from '../../src/cli/network-filters.ts'
import {networkInUse} from '../../src/cli/network-users.ts'

export default class NetworkPrune extends EngineCommand {
  static override summary = 'Prune unused networks'
  static override description = 'Deletes each network that no container uses, after asking.'
  static override examples = ['<%= command.id %>', '<%= command.id %> --filter until=24h']
  static override flags = {
    filter: flags.array({
      summary: 'Only remove networks that match: label=KEY[=VALUE], label!=KEY[=VALUE] or until=TIME',
    }),
    force: flags.bool({char: 'f', summary: 'Do not ask before removing'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(NetworkPrune)
    const runtime = await this.runtime()
    const {store} = runtime.networks
    const fits = networkPruneFilter(given.filter)
    if (!given.force && !(await confirm('WARNING! This will remove all networks not used by at least one container.')))
      return
    const inUse = networkInUse(runtime)
    for (const record of store.list()) {
      if (inUse(record.name) || !fits(record)) continue
      await runtime.networks.remove(record.name)
      this.print(record.name)
    }
  }
}
