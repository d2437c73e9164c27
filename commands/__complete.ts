import {completionsFor} from '../src/cli/completion/candidates.ts'
import {objectNames} from '../src/cli/completion/object-names.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import type {GlobalFlags} from '../src/cli/global-flags.ts'
import {resolveCommand} from '../src/cli/resolve-command.ts'

/** What completion scripts call: one offer per line with its description behind a tab, `:files` when files fit too. */
export default class Complete extends EngineCommand {
  static override summary = 'Offer what may be typed next'
  static override usage = 'WORD...'
  static override hidden = true
  static override strict = false
  protected readonly descriptions: boolean = true

  async run(): Promise<void> {
    const {candidates, files} = await completionsFor(this.argv, this.commandTable, async (kind, command, typed) =>
      objectNames(await this.runtime(), kind, command, typed),
    )
    for (const {text, description} of candidates)
      this.print(this.descriptions && description !== '' ? `${text}\t${description}` : text)
    this.print(files ? ':files' : ':')
  }

  /** The store whose names are offered is that of the command line being typed. */
  protected override get globals(): GlobalFlags {
    const typed = resolveCommand(this.argv.slice(0, -1), this.commandTable)
    if (typed.kind === 'badFlag') return super.globals
    const {values, changed} = typed.globals
    return {...super.globals, ...Object.fromEntries([...changed].map((name) => [name, values[name]]))}
  }
}
