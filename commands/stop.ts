import {all, cidfile, filter, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {selectContainers} from '../src/cli/selection.ts'
import {stopTimeout} from '../src/cli/stop-timeout.ts'
import {workerCount} from '../src/cli/worker-count.ts'
import {hasCode} from '../src/errors/index.ts'

export default class Stop extends EngineCommand {
  static override summary = 'Stop one or more containers'
  static override description =
    'Sends each container its stop signal, and kills what has not ended 10 seconds (--time) later.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = [
    '<%= command.id %> ctrID',
    '<%= command.id %> --latest',
    '<%= command.id %> --time 2 mywebserver 6e534f14da9d',
  ]
  static override strict = false
  static override flags = {
    all: all('Stop every running container'),
    cidfile,
    filter,
    ignore: flags.bool({char: 'i', summary: 'Do not fail over a container that does not exist'}),
    latest,
    service: flags.bool({summary: 'Stop as a service manager does: it starts with the next boot', hidden: true}),
    time: flags.int({
      char: 't',
      summary: 'Seconds that a container has to stop before it is killed; -1 for no limit',
      default: 10,
      aliases: ['timeout'],
    }),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Stop)
    const runtime = await this.runtime()
    const chosen = await selectContainers(
      runtime,
      {names: argv, all: given.all, latest: given.latest, cidFiles: given.cidfile, filters: given.filter},
      {ignoreMissing: given.ignore},
    )
    const options = {
      timeoutSeconds: stopTimeout(this.changed('time'), given.time),
      onWarning: (text: string) => this.printError(text),
      asService: given.service,
    }
    const stop = async (name: string): Promise<string | undefined> => {
      try {
        await runtime.containers.lookup(name).stop(options)
        return name
      } catch (error) {
        if (given.ignore && hasCode(error, 'ERR_NO_SUCH_CTR')) return undefined
        if (given.all && hasCode(error, 'ERR_CTR_STATE_INVALID')) return name
        throw error
      }
    }
    await this.forEach(chosen, (one) => stop(one.name), {atOnce: workerCount(this.globals)})
  }
}
