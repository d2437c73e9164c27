import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {type PodSelection, podIDFile, podSelectionFlags, selectPods} from '../../src/cli/pod/selection.ts'
import {EngineError, hasCode} from '../../src/errors/index.ts'
import type {Runtime} from '../../src/libpod/runtime.ts'

export default class PodRm extends EngineCommand {
  static override summary = 'Remove one or more pods and any stopped containers from host'
  static override description =
    'Deletes pods with their containers. One of which something runs is refused unless --force ends it first.'
  static override usage = 'POD [POD...]'
  static override examples = [
    '<%= command.id %> mywebserverpod',
    '<%= command.id %> -f 860a4b23',
    '<%= command.id %> -f -a',
  ]
  static override strict = false
  static override flags = {
    ...podSelectionFlags,
    force: flags.bool({
      char: 'f',
      summary: 'Remove the pod even when its containers run; they are stopped first',
    }),
    ignore: flags.bool({char: 'i', summary: 'Do not fail over a pod that does not exist'}),
    'pod-id-file': podIDFile,
    time: flags.int({
      char: 't',
      summary: 'Seconds that the containers have to stop before they are killed; with --force',
      default: 10,
    }),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(PodRm)
    if (this.changed('time') && !given.force)
      throw new EngineError('ERR_REFUSED', '--force option must be specified to use the --time option')
    const selection = {names: argv as string[], all: given.all, latest: given.latest, idFiles: given['pod-id-file']}
    const missing = given.ignore || given.force ? undefined : firstMissing(await this.runtime(), selection)
    if (missing) return this.report(missing, hasCode(missing, 'ERR_NO_SUCH_POD') ? 1 : undefined)
    for (const {pod: find} of selectPods(await this.runtime(), selection))
      try {
        const pod = find()
        await pod.remove({force: given.force, timeoutSeconds: this.changed('time') ? given.time : undefined})
        this.print(pod.id)
      } catch (error) {
        if (!hasCode(error, 'ERR_NO_SUCH_POD') || !(given.ignore || given.force)) this.report(error)
      }
  }
}

/** One that is not there keeps the others from being removed. */
function firstMissing(runtime: Runtime, selection: PodSelection): unknown {
  for (const {pod} of selectPods(runtime, selection))
    try {
      pod()
    } catch (error) {
      return error
    }
  return undefined
}
