import {PodVerbCommand} from '../../src/cli/pod/pod-verb-command.ts'
import {podSelectionFlags} from '../../src/cli/pod/selection.ts'

export default class PodUnpause extends PodVerbCommand {
  static override summary = 'Unpause one or more pods'
  static override description = 'Lets the processes of paused pods go on.'
  static override examples = ['<%= command.id %> podID', '<%= command.id %> --latest', '<%= command.id %> --all']
  static override flags = podSelectionFlags

  protected override readonly doing = 'unpausing'

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(PodUnpause)
    // Stopped too: what is paused may stand beside what has ended.
    const only = ['Paused', 'Degraded', 'Stopped'] as const
    await this.forEachPod({names: argv as string[], ...given}, (pod) => pod.unpause(), {only})
  }
}
