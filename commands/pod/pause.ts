import {PodVerbCommand} from '../../src/cli/pod/pod-verb-command.ts'
import {podSelectionFlags} from '../../src/cli/pod/selection.ts'

export default class PodPause extends PodVerbCommand {
  static override summary = 'Pause one or more pods'
  static override description = 'Freezes every process in the pods until `pod unpause`.'
  static override examples = ['<%= command.id %> podID', '<%= command.id %> --latest', '<%= command.id %> --all']
  static override flags = podSelectionFlags

  protected override readonly doing = 'pausing'

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(PodPause)
    await this.forEachPod({names: argv as string[], ...given}, (pod) => pod.pause())
  }
}
