import {EngineCommand} from '../../src/cli/engine-command.ts'

export default class SystemRenumber extends EngineCommand {
  static override summary = 'Migrate lock numbers'
  static override description =
    'Brings every record to the form of this version and makes the indexes anew. Locks belong to containers by id and have no numbers.'
  static override examples = ['<%= command.id %>']

  async run(): Promise<void> {
    await this.parse(SystemRenumber)
    const runtime = await this.runtime()
    await runtime.migrate()
  }
}
