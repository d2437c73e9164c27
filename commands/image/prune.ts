import {pruneCacheMounts} from '../../src/build/prune-cache.ts'
import {confirm} from '../../src/cli/confirm.ts'
import * as flags from '../../src/cli/flags.ts'
import {ImageCommand} from '../../src/cli/image/image-command.ts'
import {parseMoment} from '../../src/cli/moment.ts'
import {EngineError} from '../../src/errors/index.ts'
import {pruneImages} from '../../src/image/index.ts'

const filterKeys = new Set(['label', 'label!', 'until'])

export default class ImagePrune extends ImageCommand {
  static override summary = 'Remove unused images'
  static override description =
    'Deletes images without a name that nothing uses, with --all every image that no container uses.'
  static override examples = ['<%= command.id %> -f', '<%= command.id %> --all --filter until=24h']
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Remove every image that no container uses, not only those without a name'}),
    'build-cache': flags.bool({summary: 'Also empty the cache directories of builds (RUN --mount=type=cache)'}),
    external: flags.bool({
      summary: 'Accepted for compatibility; has no effect',
    }),
    filter: flags.array({
      summary: 'Only remove images that match: label=KEY[=VALUE], label!=KEY[=VALUE] or until=TIME',
    }),
    force: flags.bool({char: 'f', summary: 'Do not ask before removing'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(ImagePrune)
    if (given.all && given.external)
      throw new EngineError('ERR_REFUSED', '--all and --external flags cannot be used together')
    for (const filter of given.filter) checkFilter(filter)
    if (!given.force && !(await confirm(warning(given.all, given.filter)))) return
    if (given['build-cache']) pruneCacheMounts((await this.engineConfig()).root)
    const context = {store: await this.images(), users: await this.imageUsers(), parseMoment}
    for (const id of await pruneImages(context, {all: given.all, filters: given.filter})) this.print(id)
  }
}

function checkFilter(filter: string): void {
  const key = filter.slice(0, Math.max(0, filter.indexOf('=')))
  if (key === '') throw new EngineError('ERR_REFUSED', `invalid filter "${filter}"`)
  if (!filterKeys.has(key)) throw new EngineError('ERR_REFUSED', `${key} is an invalid filter`)
}

function warning(all: boolean, filters: readonly string[]): string {
  const what = all ? 'all images without at least one container associated with them' : 'all dangling images'
  const given = filters.length > 0 ? `\nThe following filters are applied: ${filters.join(', ')}` : ''
  return `WARNING! This command removes ${what}.${given}`
}
