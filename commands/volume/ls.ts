import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {goJson} from '../../src/cli/go-json.ts'
import {listedVolumeType} from '../../src/cli/inspect/volume-type.ts'
import {isJsonFormat, renderReport} from '../../src/cli/template/index.ts'
import {volumeFilter} from '../../src/cli/volume-filters.ts'
import {EngineError} from '../../src/errors/index.ts'

export default class VolumeLs extends EngineCommand {
  static override summary = 'List volumes'
  static override description = 'Lists the volumes; filters and templates choose which and what of them.'
  static override examples = [
    '<%= command.id %>',
    '<%= command.id %> --format json',
    '<%= command.id %> --filter name=vol1',
  ]
  static override aliases = ['list']
  static override flags = {
    filter: flags.array({char: 'f', summary: 'Show only volumes that match, such as name=PATTERN or dangling=true'}),
    format: flags.string({summary: 'Print as json, or by a Go template'}),
    noheading: flags.bool({char: 'n', summary: 'Leave out the headings'}),
    quiet: flags.bool({char: 'q', summary: 'Print names only'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(VolumeLs)
    if (given.quiet && given.format !== undefined)
      throw new EngineError('ERR_REFUSED', 'quiet and format flags cannot be used together')
    const {volumes} = await this.runtime()
    const rows = volumes
      .list()
      .map(({name}) => volumes.inspect(name))
      .filter(volumeFilter(volumes, given.filter))
    if (given.quiet) for (const {Name} of rows) this.print(Name)
    else if (given.format && isJsonFormat(given.format)) this.print(goJson(rows, 2))
    else if (rows.length > 0)
      this.write(
        renderReport({
          ...{
            command: 'ls',
            rows,
            rowType: listedVolumeType,
            noHeading: given.noheading,
            headings: {Name: 'VOLUME NAME'},
          },
          ...(given.format !== undefined
            ? {format: given.format}
            : {format: 'table {{.Driver}}\t{{.Name}}', origin: 'command'}),
        }),
      )
  }
}
