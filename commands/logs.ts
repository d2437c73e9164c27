import {latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {LogPrinter} from '../src/cli/logs/log-printer.ts'
import {timeOption} from '../src/cli/time-option.ts'
import {EngineError} from '../src/errors/index.ts'
import type {Container} from '../src/libpod/container.ts'

export default class Logs extends EngineCommand {
  static override summary = 'Fetch the logs of one or more containers'
  static override description =
    'Retrieves logs for one or more containers.\n\nThis does not guarantee execution order when combined with berth run (i.e., your run may not have generated any logs at the time you execute berth logs).'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = [
    '<%= command.id %> ctrID',
    '<%= command.id %> --names ctrID1 ctrID2',
    '<%= command.id %> --tail 2 mywebserver',
    '<%= command.id %> --follow=true --since 10m ctrID',
    '<%= command.id %> mywebserver mydbserver',
  ]
  static override strict = false
  static override flags = {
    color: flags.bool({summary: 'Output the containers with different colors in the log.'}),
    details: flags.bool({summary: 'Show extra details provided to the logs', hidden: true}),
    follow: flags.bool({char: 'f', summary: 'Follow log output.'}),
    latest,
    names: flags.bool({char: 'n', summary: 'Output the container name in the log'}),
    since: flags.string({summary: 'Show logs since TIMESTAMP'}),
    tail: flags.int64({
      summary: 'Output the specified number of LINES at the end of the logs.',
      default: -1,
    }),
    timestamps: flags.bool({char: 't', summary: 'Output the timestamps in the log'}),
    until: flags.string({summary: 'Show logs until TIMESTAMP'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Logs)
    if (given.details) refuse('the --details option is not supported: log drivers here keep no details')
    if (given.latest && argv.length > 0) refuse('--latest and containers cannot be used together')
    if (!given.latest && argv.length === 0) refuse('specify at least one container name or ID to log')
    const options = {
      follow: given.follow,
      sinceMs: timeOption('since', given.since),
      untilMs: timeOption('until', given.until),
      tail: given.tail,
    }
    const {containers} = await this.runtime()
    const chosen = given.latest ? [containers.latest()] : argv.map((name) => containers.lookup(name))
    const show = async (container: Container, index: number) => {
      using printer = new LogPrinter({
        timestamps: given.timestamps,
        ...(chosen.length > 1 && {prefix: given.names ? container.name : container.id.slice(0, 12)}),
        ...(given.color && {color: index}),
      })
      for await (const line of container.logs(options)) printer.print(line)
    }
    if (given.follow) await Promise.all(chosen.map(show))
    else for (const [index, container] of chosen.entries()) await show(container, index)
  }
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
