import {latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {lookUpAll} from '../src/cli/selection.ts'
import {firstOf, waitConditions, waitInterval} from '../src/cli/wait-options.ts'
import {EngineError, hasCode} from '../src/errors/index.ts'
import type {WaitOptions} from '../src/libpod/define/verb-options.ts'
import type {Runtime} from '../src/libpod/runtime.ts'

export default class Wait extends EngineCommand {
  static override summary = 'Block on one or more containers'
  static override description =
    'Waits for containers to end, or for another condition, and prints the exit code of each.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = [
    '<%= command.id %> --interval 5s ctrID',
    '<%= command.id %> ctrID1 ctrID2',
    '<%= command.id %> --condition=running ctrID',
  ]
  static override strict = false
  static override flags = {
    condition: flags.list({
      summary: 'State to wait for, such as running, healthy or exited; several are separated by commas',
      suggests: [...waitConditions],
    }),
    'exit-first-match': flags.bool({summary: 'Wait for one of the containers only, whichever is first'}),
    ignore: flags.bool({summary: 'Print -1 for a container that does not exist, rather than fail'}),
    interval: flags.string({
      char: 'i',
      summary: 'Time between two looks at the state: a duration such as 2s, or milliseconds',
      default: '250ms',
    }),
    latest,
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Wait)
    if (given.latest && argv.length > 0) refuse('--latest and containers cannot be used together')
    if (!given.latest && argv.length === 0)
      refuse(`"berth ${this.path.join(' ')}" requires a name, id, or the "--latest" flag`)
    const options = {intervalMs: waitInterval(given.interval), conditions: conditionsOf(given.condition)}
    const runtime = await this.runtime()
    const {containers} = runtime
    const names = given.latest ? [containers.latest().id] : argv
    if (!given.ignore) lookUpAll(runtime, names)
    const waitFor = async (name: string, signal?: AbortSignal): Promise<string> => {
      try {
        return String(await containers.lookup(name).wait({...options, signal}))
      } catch (error) {
        if (given.ignore && hasCode(error, 'ERR_NO_SUCH_CTR')) return '-1'
        throw error
      }
    }
    if (given['exit-first-match']) this.print(await firstOf(thoseThatExist(runtime, names), waitFor))
    else await this.forEach(names, (name) => waitFor(name), {atOnce: names.length})
  }
}

/** With `--ignore`, one that is not there is no match; when nobody is there, there is nothing to wait for. */
function thoseThatExist(runtime: Runtime, names: readonly string[]): readonly string[] {
  const there = names.filter((name) => runtime.containers.exists(name))
  return there.length > 0 ? there : names
}

function conditionsOf(words: readonly string[]): WaitOptions['conditions'] {
  const unknown = words.find((word) => !(waitConditions as readonly string[]).includes(word))
  if (unknown !== undefined) throw new EngineError('ERR_INVALID_ARG', `unknown container state: ${unknown}`)
  return words.length > 0 ? (words as WaitOptions['conditions']) : undefined
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
