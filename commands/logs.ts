import {latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import {logFlags, showLogs} from '../src/cli/logs/show-logs.ts'
import {EngineError} from '../src/errors/index.ts'

export default class Logs extends EngineCommand {
  static override summary = 'Fetch the logs of one or more containers'
  static override description =
    'Prints what containers have written to stdout and stderr.\n\nLines appear here after the container has written them: right after `berth run --detach` there may be none yet.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = [
    '<%= command.id %> ctrID',
    '<%= command.id %> --names ctrID1 ctrID2',
    '<%= command.id %> --tail 2 mywebserver',
    '<%= command.id %> --follow=true --since 10m ctrID',
    '<%= command.id %> mywebserver mydbserver',
  ]
  static override strict = false
  static override flags = {...logFlags, latest}

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Logs)
    if (given.latest && argv.length > 0) refuse('--latest and containers cannot be used together')
    if (!given.latest && argv.length === 0) refuse('specify at least one container name or ID to log')
    const {containers} = await this.runtime()
    await showLogs(given.latest ? [containers.latest()] : argv.map((name) => containers.lookup(name)), given)
  }
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
