import {all, cidfile, filter, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {selectContainers} from '../src/cli/selection.ts'
import {stopTimeout} from '../src/cli/stop-timeout.ts'

export default class Restart extends EngineCommand {
  static override summary = 'Restart one or more containers'
  static override description =
    'Stops and starts containers anew; one that does not run is only started.\n\nOne that does not end within 10 seconds, or --time, is killed.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = [
    '<%= command.id %> ctrID',
    '<%= command.id %> --latest',
    '<%= command.id %> ctrID1 ctrID2',
  ]
  static override strict = false
  static override flags = {
    all: all('Restart every container, also those that are not running'),
    cidfile,
    filter,
    latest,
    running: flags.bool({summary: 'Restart only containers that are running'}),
    time: flags.int({
      char: 't',
      summary: 'Seconds that a container has to stop before it is killed; -1 for no limit',
      default: 10,
    }),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Restart)
    const runtime = await this.runtime()
    const onlyRunning = given.running
    const chosen = await selectContainers(
      runtime,
      {
        names: argv,
        all: given.all || (onlyRunning && argv.length === 0),
        latest: given.latest,
        cidFiles: given.cidfile,
        filters: given.filter,
      },
      {onlyIf: ({state}) => !onlyRunning || state.status === 'running'},
    )
    const timeoutSeconds = stopTimeout(this.changed('time'), given.time)
    await this.forEachChosen(chosen, async (container, name) => {
      if (onlyRunning && (await container.state()).status !== 'running') return undefined
      await container.restart({timeoutSeconds, onWarning: (text) => this.printError(text)})
      return name
    })
  }
}
