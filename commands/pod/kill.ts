import * as flags from '../../src/cli/flags.ts'
import {PodVerbCommand} from '../../src/cli/pod/pod-verb-command.ts'
import {podSelectionFlags} from '../../src/cli/pod/selection.ts'
import {parseSignal} from '../../src/host/index.ts'

export default class PodKill extends PodVerbCommand {
  static override summary = 'Send the specified signal or SIGKILL to containers in pod'
  static override description =
    'Sends a signal, SIGKILL unless another is named, to the first process of each container of the pods.'
  static override examples = ['<%= command.id %> podID', '<%= command.id %> --signal TERM mywebserver']
  static override flags = {
    ...podSelectionFlags,
    signal: flags.string({
      char: 's',
      summary: "Name or number of the signal, for each of the pod's containers",
      default: 'KILL',
    }),
  }

  protected override readonly doing = 'killing'

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(PodKill)
    const signal = parseSignal(given.signal)
    await this.forEachPod({names: argv as string[], all: given.all, latest: given.latest}, (pod) => pod.kill(signal))
  }
}
