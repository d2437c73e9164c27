import {confirm} from '../../src/cli/confirm.ts'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {volumeFilter} from '../../src/cli/volume-filters.ts'
import {hasCode} from '../../src/errors/index.ts'

export default class VolumePrune extends EngineCommand {
  static override summary = 'Remove all unused volumes'
  static override description = 'Deletes each volume that no container uses, after asking.'
  static override examples = ['<%= command.id %>', '<%= command.id %> --force --filter label=temporary']
  static override flags = {
    filter: flags.array({summary: 'Only remove volumes that match, such as label=KEY[=VALUE] or until=TIME'}),
    force: flags.bool({char: 'f', summary: 'Do not ask before removing'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(VolumePrune)
    const {volumes, events} = await this.runtime()
    const fits = volumeFilter(volumes, given.filter)
    const users = volumes.usersByName()
    const unused = volumes.list().filter(({name}) => !users.has(name) && fits(volumes.inspect(name)))
    if (!given.force && unused.length === 0) {
      this.print(`${warning([])}\nNo dangling volumes found`)
      return
    }
    if (!given.force && !(await confirm(warning(unused.map(({name}) => name))))) return
    for (const {name} of unused)
      try {
        await volumes.remove(name)
        events.write({Type: 'volume', Status: 'prune', Name: name})
        this.print(name)
      } catch (error) {
        if (!hasCode(error, 'ERR_VOLUME_IN_USE', 'ERR_NO_SUCH_VOLUME')) this.report(error)
      }
  }
}

function warning(names: readonly string[]): string {
  const head =
    'WARNING! This will remove all volumes not used by at least one container. The following volumes will be removed:'
  return [head, ...names].join('\n')
}
