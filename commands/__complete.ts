import {completionsFor} from '../src/cli/completion/candidates.ts'
import {objectNames} from '../src/cli/completion/object-names.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'

/** What completion scripts call: one offer per line with its description behind a tab, `:files` when files fit too. */
export default class Complete extends EngineCommand {
  static override summary = 'Offer what may be typed next'
  static override usage = 'WORD...'
  static override hidden = true
  static override strict = false
  protected readonly descriptions: boolean = true

  async run(): Promise<void> {
    const {candidates, files} = await completionsFor(this.argv, this.commandTable, async (kind, command) =>
      objectNames(await this.runtime(), kind, command),
    )
    for (const {text, description} of candidates)
      this.print(this.descriptions && description !== '' ? `${text}\t${description}` : text)
    this.print(files ? ':files' : ':')
  }
}
