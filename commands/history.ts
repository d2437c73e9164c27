import * as flags from '../src/cli/flags.ts'
import {HistoryRow, historyRowType} from '../src/cli/image/history-row.ts'
import {ImageCommand} from '../src/cli/image/image-command.ts'
import {isJsonFormat, renderReport} from '../src/cli/template/index.ts'
import {imageHistory} from '../src/image/index.ts'

const columns = 'table {{.ID}}\t{{.Created}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}'

export default class History extends ImageCommand {
  static override summary = 'Show history of a specified image'
  static override description = 'Shows how each layer of an image was made, the newest first.'
  static override usage = 'IMAGE'
  static override examples = ['<%= command.id %> quay.io/fedora/fedora']
  static override args = {image: flags.arg({required: true})}
  static override flags = {
    format: flags.string({summary: 'Print as json, or by a Go template'}),
    human: flags.bool({char: 'H', summary: 'Show ages rather than points in time', default: true}),
    'no-trunc': flags.bool({summary: 'Show long values in full', aliases: ['notruncate']}),
    quiet: flags.bool({char: 'q', summary: 'Print IDs only'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(History)
    const images = await this.images()
    const options = {human: given.human, truncate: !given['no-trunc']}
    const rows = imageHistory(images, images.lookup(args.image as string)).map(
      (entry) => new HistoryRow(entry, options),
    )
    if (given.format && isJsonFormat(given.format)) this.print(goJson(rows.map((row) => row.json)))
    else if (given.quiet) for (const {ID} of rows) this.print(ID)
    else
      this.write(
        renderReport({
          command: 'history',
          rows,
          rowType: historyRowType,
          headings: {CreatedBy: 'CREATED BY'},
          ...(given.format !== undefined ? {format: given.format} : {format: columns, origin: 'command'}),
        }),
      )
  }
}

/** Go escapes these three in JSON; `<missing>` has two of them. */
function goJson(value: unknown): string {
  const escapes: Readonly<Record<string, string>> = {'<': '\\u003c', '>': '\\u003e', '&': '\\u0026'}
  return JSON.stringify(value).replace(/[<>&]/g, (char) => escapes[char] as string)
}
