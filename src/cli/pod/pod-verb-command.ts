import {EngineError} from '../../errors/index.ts'
import type {PodStatus} from '../../libpod/define/pod.ts'
import type {Pod, PodFailures} from '../../libpod/pod/index.ts'
import {EngineCommand} from '../engine-command.ts'
import {type PodSelection, selectPods} from './selection.ts'

/** Base of the commands that do one thing to each chosen pod and print the id of every one where it worked. */
export abstract class PodVerbCommand extends EngineCommand {
  static override usage = 'POD [POD...]'
  static override strict = false
  /** What is done, as failures say it: `starting`. */
  protected abstract readonly doing: string

  protected async forEachPod(
    selection: PodSelection,
    act: (pod: Pod) => Promise<PodFailures | undefined>,
    {only}: {readonly only?: readonly PodStatus[]} = {},
  ): Promise<void> {
    // All are looked up before the first is touched: one that is not there keeps the others as they are.
    const chosen = selectPods(await this.runtime(), selection).map(({pod}) => pod())
    for (const pod of chosen.filter((each) => !only || only.includes(each.status())))
      try {
        const failures = await act(pod)
        if (!failures || failures.size === 0) this.print(pod.id)
        else for (const [id, error] of failures) this.report(ofContainer(this.doing, id, error), 125)
      } catch (error) {
        this.report(error)
      }
  }
}

function ofContainer(doing: string, id: string, cause: unknown): EngineError {
  return new EngineError('ERR_REFUSED', `${doing} container ${id}: ${(cause as Error).message}`, {cause})
}
