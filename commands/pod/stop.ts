import * as flags from '../../src/cli/flags.ts'
import {PodVerbCommand} from '../../src/cli/pod/pod-verb-command.ts'
import {podIDFile, podSelectionFlags} from '../../src/cli/pod/selection.ts'
import {stopTimeout} from '../../src/cli/stop-timeout.ts'

export default class PodStop extends PodVerbCommand {
  static override summary = 'Stop one or more pods'
  static override description = 'Stops every container of the pods, and kills what has not ended in time.'
  static override examples = ['<%= command.id %> mywebserverpod', '<%= command.id %> --time 0 490eb 3557fb']
  static override flags = {
    ...podSelectionFlags,
    ignore: flags.bool({char: 'i', summary: 'Do not fail over a pod that does not exist'}),
    'pod-id-file': podIDFile,
    time: flags.int({
      char: 't',
      summary: 'Seconds that the containers have to stop before they are killed; -1 for no limit',
      default: 10,
    }),
  }

  protected override readonly doing = 'stopping'

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(PodStop)
    const {pods} = await this.runtime()
    const {all, latest} = given
    const names = given.ignore ? (argv as string[]).filter((name) => pods.find(name)) : (argv as string[])
    if (given.ignore && argv.length > 0 && names.length === 0) return
    const timeoutSeconds = stopTimeout(this.changed('time'), given.time)
    await this.forEachPod({names, all, latest, idFiles: given['pod-id-file']}, (pod) =>
      pod.stop({timeoutSeconds, onWarning: (text) => this.printError(text)}),
    )
  }
}
