import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {hasCode} from '../../src/errors/index.ts'

export default class SecretExists extends EngineCommand {
  static override summary = 'Check if a secret exists in local storage'
  static override description = 'Says by the exit code whether there is such a secret: 0 yes, 1 no.'
  static override usage = 'SECRET'
  static override examples = ['<%= command.id %> ID', '<%= command.id %> SECRET || echo missing']
  static override args = {secret: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(SecretExists)
    const {secrets} = await this.runtime()
    try {
      secrets.lookup(args.secret ?? '')
    } catch (error) {
      if (!hasCode(error, 'ERR_NO_SUCH_SECRET')) throw error
      this.exitCode = 1
    }
  }
}
