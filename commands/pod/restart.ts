import {PodVerbCommand} from '../../src/cli/pod/pod-verb-command.ts'
import {podSelectionFlags} from '../../src/cli/pod/selection.ts'

export default class PodRestart extends PodVerbCommand {
  static override summary = 'Restart one or more pods'
  static override description = 'Stops and starts every container of the pods.'
  static override examples = [
    '<%= command.id %> podID1 podID2',
    '<%= command.id %> --latest',
    '<%= command.id %> --all',
  ]
  static override flags = podSelectionFlags

  protected override readonly doing = 'restarting'

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(PodRestart)
    await this.forEachPod({names: argv as string[], ...given}, (pod) => pod.restart())
  }
}
