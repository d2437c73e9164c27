import {EngineCommand} from '../../src/cli/engine-command.ts'

export default class VolumeReload extends EngineCommand {
  static override summary = 'Reload all volumes from volume plugins'
  static override description =
    'Asks the plugins which volumes they have, and notes those that came or went without us.'
  static override examples = ['<%= command.id %>']

  async run(): Promise<void> {
    await this.parse(VolumeReload)
    const {volumes} = await this.runtime()
    const {added, removed, failures} = await volumes.reload()
    this.#list('Added', added)
    this.#list('Removed', removed)
    for (const error of failures) this.report(error)
  }

  #list(heading: string, names: readonly string[]): void {
    if (names.length > 0) this.print([`${heading}:`, ...names].join('\n'))
  }
}
