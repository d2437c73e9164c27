import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {EngineError} from '../../src/errors/index.ts'

export default class SystemMigrate extends EngineCommand {
  static override summary = 'Migrate containers'
  static override description =
    'Brings every record to the form of this version, as after an upgrade, and makes the indexes anew.'
  static override examples = ['<%= command.id %>']

  static override flags = {
    'migrate-db': flags.bool({summary: 'Accepted for compatibility: there is one database'}),
    'new-runtime': flags.string({summary: 'OCI runtime to change to (not supported)'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(SystemMigrate)
    if (given['new-runtime'] !== undefined)
      throw new EngineError('ERR_NOT_SUPPORTED', '--new-runtime: a container keeps the runtime it was made for')
    const runtime = await this.runtime()
    await runtime.migrate()
  }
}
