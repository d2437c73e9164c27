import {all, cidfile, filterWithoutLetter, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import {codeWhenRemoving, ENGINE_FAILED} from '../src/cli/exit-codes.ts'
import * as flags from '../src/cli/flags.ts'
import {type Chosen, type Selection, type SelectionRules, selectContainers} from '../src/cli/selection.ts'
import {stopTimeout} from '../src/cli/stop-timeout.ts'
import {workerCount} from '../src/cli/worker-count.ts'
import {EngineError, hasCode} from '../src/errors/index.ts'
import type {Container} from '../src/libpod/container.ts'
import type {RemoveOptions} from '../src/libpod/define/verb-options.ts'
import type {Runtime} from '../src/libpod/runtime.ts'

export default class Rm extends EngineCommand {
  static override summary = 'Remove one or more containers'
  static override description =
    'Deletes containers with all that they have written, but not their images or named volumes.\n\nOne that runs is refused unless --force ends it first.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = [
    '<%= command.id %> ctrID',
    '<%= command.id %> mywebserver myflaskserver 860a4b23',
    '<%= command.id %> --force --all',
    '<%= command.id %> -f c684f0d469f2',
  ]
  static override strict = false
  static override flags = {
    all: all('Remove every container'),
    cidfile,
    depend: flags.bool({summary: 'Remove the containers that depend on it as well'}),
    filter: filterWithoutLetter,
    force: flags.bool({char: 'f', summary: 'Remove a container even when it runs or is damaged; it is stopped first'}),
    ignore: flags.bool({char: 'i', summary: 'Do not fail over a container that does not exist'}),
    latest,
    storage: flags.bool({summary: 'Accepted for compatibility: every removal frees the storage', hidden: true}),
    time: flags.int({
      char: 't',
      summary: 'Seconds that a container has to stop before it is killed, -1 for no limit; with --force',
      default: 10,
    }),
    volumes: flags.bool({char: 'v', summary: 'Remove its volumes without a name as well'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Rm)
    if (this.changed('time') && !given.force)
      throw new EngineError('ERR_REFUSED', '--force option must be specified to use the --time option')
    const runtime = await this.runtime()
    const selection = {
      names: argv,
      all: given.all,
      latest: given.latest,
      cidFiles: given.cidfile,
      filters: given.filter,
    }
    const missingIsFine = given.force || given.ignore
    const chosen = await this.#select(runtime, selection, {ignoreMissing: given.ignore, ignoreUnknown: missingIsFine})
    await this.#removeAll(runtime, chosen, missingIsFine, {
      force: given.force,
      depend: given.depend,
      all: given.all,
      volumes: given.volumes,
      timeoutSeconds: stopTimeout(this.changed('time'), given.time),
    })
  }

  /** A name that nobody has ends the command before anything is removed, with a code of its own. */
  async #select(runtime: Runtime, selection: Selection, rules: SelectionRules): Promise<Chosen[]> {
    try {
      return await selectContainers(runtime, selection, rules)
    } catch (error) {
      if (!hasCode(error, 'ERR_NO_SUCH_CTR')) throw error
      this.report(error, codeWhenRemoving(error))
      return []
    }
  }

  async #removeAll(
    runtime: Runtime,
    chosen: readonly Chosen[],
    missingIsFine: boolean,
    {all, ...options}: Removal,
  ): Promise<void> {
    const gone = new Set<string>()
    const needed: Chosen[] = []
    const remove = async (one: Chosen, depend = options.depend): Promise<string | undefined> => {
      const {name, container} = one
      const others: string[] = []
      const onRemoved = (id: string): void => {
        gone.add(id)
        others.push(id)
      }
      try {
        await removeWithPod(runtime, container(), {...options, depend, onRemoved})
        return [...others, name].join('\n')
      } catch (error) {
        if (hasCode(error, 'ERR_NO_SUCH_CTR') && (missingIsFine || gone.has(name))) return undefined
        if (hasCode(error, 'ERR_CTR_HAS_DEPENDENTS', 'ERR_CTR_IS_INFRA') && all && !depend) {
          needed.push(one)
          return undefined
        }
        throw error
      }
    }
    // One after the other with --depend: removing one may remove another of the list.
    const atOnce = options.depend ? 1 : workerCount(this.globals)
    let worst = this.exitCode
    const codeOf = (error: unknown) => {
      worst = worse(worst, codeOfFailure(error))
      return 0
    }
    await this.forEach(chosen, (one) => remove(one), {atOnce, codeOf})
    // All means those too that others needed; the others are gone now, or stay for a reason that was told.
    await this.forEach(needed, (one) => remove(one, true), {atOnce: 1, codeOf})
    this.exitCode = worst
  }
}

/** With `depend`, an infra container takes its pod with it, whose other members it has removed by then. */
async function removeWithPod(runtime: Runtime, container: Container, options: RemoveOptions): Promise<void> {
  try {
    await container.remove(options)
  } catch (error) {
    if (!options.depend || !hasCode(error, 'ERR_CTR_IS_INFRA')) throw error
    const {force = false, timeoutSeconds} = options
    await runtime.pods.lookup(container.config.pod ?? '').remove({force, timeoutSeconds})
  }
}

type Removal = RemoveOptions & {readonly all: boolean}

/** Of one that others need, podman says that it failed itself. */
function codeOfFailure(error: unknown): number {
  return hasCode(error, 'ERR_CTR_HAS_DEPENDENTS') ? ENGINE_FAILED : codeWhenRemoving(error)
}

/** A container that does not exist (1) is remembered over one in use (2); any other failure is the engine's. */
function worse(before: number, code: number): number {
  if (before === 0) return code
  return before === 1 || code === 1 ? 1 : Math.max(before, code)
}
