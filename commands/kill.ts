import {all, cidfile, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {selectContainers} from '../src/cli/selection.ts'
import {parseSignal} from '../src/host/index.ts'

export default class Kill extends EngineCommand {
  static override summary = 'Kill one or more running containers with a specific signal'
  static override description =
    'Sends a signal, SIGKILL unless another is named, to the first process of each container.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = [
    '<%= command.id %> mywebserver',
    '<%= command.id %> 860a4b23',
    '<%= command.id %> --signal TERM ctrID',
  ]
  static override strict = false
  static override flags = {
    all: all('Send the signal to every running container'),
    cidfile,
    latest,
    signal: flags.string({char: 's', summary: 'Name or number of the signal', default: 'KILL'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Kill)
    const signal = parseSignal(given.signal)
    const runtime = await this.runtime()
    const selection = {names: argv, all: given.all, latest: given.latest, cidFiles: given.cidfile}
    const chosen = await selectContainers(runtime, selection, {
      onlyIf: ({state}) => state.status === 'running' || state.status === 'paused',
    })
    await this.forEachChosen(chosen, async (container, name) => {
      await container.kill(signal)
      return name
    })
  }
}
