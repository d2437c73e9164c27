import type {Pod, PodFailures} from '../../libpod/pod/index.ts'
import {EngineCommand} from '../engine-command.ts'
import {type PodSelection, selectPods} from './selection.ts'

/** Base of the commands that do one thing to each chosen pod and print the id of every one where it worked. */
export abstract class PodVerbCommand extends EngineCommand {
  static override usage = 'POD [POD...]'
  static override strict = false

  protected async forEachPod(
    selection: PodSelection,
    act: (pod: Pod) => Promise<PodFailures | undefined>,
  ): Promise<void> {
    for (const {pod: find} of selectPods(await this.runtime(), selection))
      try {
        const pod = find()
        const failures = await act(pod)
        if (!failures || failures.size === 0) this.print(pod.id)
        else for (const error of failures.values()) this.report(error)
      } catch (error) {
        this.report(error)
      }
  }
}
