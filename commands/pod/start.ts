import {PodVerbCommand} from '../../src/cli/pod/pod-verb-command.ts'
import {podIDFile, podSelectionFlags} from '../../src/cli/pod/selection.ts'

export default class PodStart extends PodVerbCommand {
  static override summary = 'Start one or more pods'
  static override description = 'Starts every container of the pods, those that others depend on first.'
  static override examples = ['<%= command.id %> podID', '<%= command.id %> --latest', '<%= command.id %> --all']
  static override flags = {...podSelectionFlags, 'pod-id-file': podIDFile}

  protected override readonly doing = 'starting'

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(PodStart)
    const {all, latest} = given
    await this.forEachPod({names: argv as string[], all, latest, idFiles: given['pod-id-file']}, (pod) => pod.start())
  }
}
