import {confirm} from '../../src/cli/confirm.ts'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {humanSize} from '../../src/cli/human-size.ts'
import {checkPruneFilters, pruneSystem} from '../../src/cli/system-prune.ts'
import {EngineError} from '../../src/errors/index.ts'

export default class SystemPrune extends EngineCommand {
  static override summary = 'Remove unused data'
  static override description =
    'Deletes containers that do not run, networks and images that nothing uses, after asking. --all takes images with names too, --volumes unused volumes.'
  static override examples = ['<%= command.id %>', '<%= command.id %> --all --force', '<%= command.id %> --volumes']
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Remove every image that no container uses, not only those without a name'}),
    build: flags.bool({summary: 'Also remove what interrupted builds left behind'}),
    external: flags.bool({summary: 'Remove only what interrupted builds and lost containers left in storage'}),
    filter: flags.array({
      summary: 'Only remove what matches: label=KEY[=VALUE], label!=KEY[=VALUE] or until=TIME',
      suggests: ['label=', 'label!=', 'until='],
    }),
    force: flags.bool({char: 'f', summary: 'Do not ask before removing'}),
    volumes: flags.bool({summary: 'Also remove volumes that no container uses'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(SystemPrune)
    if (given.external && (given.all || given.volumes || given.build || given.filter.length > 0))
      throw new EngineError('ERR_REFUSED', 'system prune --external cannot be combined with other options')
    checkPruneFilters(given.filter)
    if (!given.force && !given.external && !(await confirm(warning(given)))) return
    const runtime = await this.runtime()
    if (given.external || given.build) await runtime.images.sweep()
    if (given.external) await runtime.layers.sweep()
    const report = given.external ? {sections: [], errors: [], bytes: 0} : await pruneSystem(runtime, given)
    for (const {title, names} of report.sections) if (names.length > 0) this.print([title, ...names].join('\n'))
    for (const error of report.errors) this.report(error)
    if (!given.external) this.print(`Total reclaimed space: ${humanSize(report.bytes)}`)
  }
}

function warning({all, volumes, filter}: {all: boolean; volumes: boolean; filter: readonly string[]}): string {
  const lines = [
    'all stopped containers',
    'all networks not used by at least one container',
    ...(volumes ? ['all volumes not used by at least one container'] : []),
    all ? 'all images without at least one container associated with them' : 'all dangling images',
    all ? 'all build cache' : 'all dangling build cache',
  ]
  const filters = filter.length > 0 ? `\nThe following filters are applied: ${filter.join(', ')}\n` : ''
  return `WARNING! This command removes:\n${lines.map((line) => `\t- ${line}\n`).join('')}${filters}`
}
