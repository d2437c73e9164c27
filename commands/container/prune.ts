import {confirm} from '../../src/cli/confirm.ts'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {pruneKeep} from '../../src/cli/prune-keep.ts'

export default class ContainerPrune extends EngineCommand {
  static override summary = 'Remove all non running containers'
  static override description = 'Deletes each container that does not run, after asking.'
  static override examples = ['<%= command.id %>', '<%= command.id %> --force --filter until=24h']
  static override flags = {
    filter: flags.array({
      summary: 'Only remove containers that match: label=KEY[=VALUE], label!=KEY[=VALUE] or until=TIME',
      suggests: ['label=', 'label!=', 'until='],
    }),
    force: flags.bool({char: 'f', summary: 'Do not ask before removing'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(ContainerPrune)
    const keep = pruneKeep(given.filter)
    if (!given.force && !(await confirm('WARNING! This will remove all non running containers.'))) return
    const {containers} = await this.runtime()
    const {removed, failed} = await containers.prune({keep})
    for (const {id} of removed) this.print(id)
    for (const {error} of failed) this.report(error)
  }
}
