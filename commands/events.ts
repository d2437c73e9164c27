import {EngineCommand} from '../src/cli/engine-command.ts'
import {eventJson, eventRow, eventText} from '../src/cli/events-text.ts'
import * as flags from '../src/cli/flags.ts'
import {isJsonFormat, renderReport} from '../src/cli/template/index.ts'
import {lookOn} from '../src/cli/terminal/look-on.ts'
import {timeOption} from '../src/cli/time-option.ts'
import type {EngineEvent} from '../src/libpod/define/event.ts'

export default class Events extends EngineCommand {
  static override summary = 'Show berth system events'
  static override description =
    'Prints what happens to containers, images, pods, networks and volumes.\n\nGoes on until it is interrupted; --since and --until show the past, --stream=false nothing else.'
  static override examples = [
    '<%= command.id %>',
    '<%= command.id %> --filter event=create',
    '<%= command.id %> --since 1h30s',
  ]
  static override flags = {
    filter: flags.array({
      char: 'f',
      summary: 'Show only events that match, such as event=start or container=NAME',
      suggests: ['container=', 'event=', 'image=', 'label=', 'network=', 'pod=', 'type=', 'volume='],
    }),
    format: flags.string({summary: 'Print as json, or by a Go template', suggests: ['json']}),
    'no-trunc': flags.bool({summary: 'Show IDs in full', default: true}),
    since: flags.string({
      summary: 'Begin with events of this time: a date, seconds since 1970, or a duration back from now (10m)',
    }),
    stream: flags.bool({summary: 'Keep waiting for new events', default: true}),
    until: flags.string({
      summary: 'End with events of this time: a date, seconds since 1970, or a duration from now on (10m)',
    }),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(Events)
    const textOf = eventPrinter(given.format, given['no-trunc'])
    const {events} = await this.runtime()
    const query = {
      filters: given.filter,
      sinceMs: timeOption('since', given.since),
      untilMs: timeOption('until', given.until),
      follow: given.stream,
      history: given.since !== undefined || given.until !== undefined,
    }
    if (given.stream) lookOn()
    for await (const event of events.read(query)) this.write(textOf(event))
  }
}

function eventPrinter(format: string | undefined, noTrunc: boolean): (event: EngineEvent) => string {
  if (format === undefined) return (event) => `${eventText(event, noTrunc)}\n`
  if (isJsonFormat(format)) return (event) => `${eventJson(event)}\n`
  return (event) => renderReport({command: 'events', format, rows: [eventRow(event)]})
}
