import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {EngineError} from '../src/errors/index.ts'

export default class Unshare extends EngineCommand {
  static override summary = 'Run a command in a modified user namespace'
  static override description =
    'Runs a command in the user namespace that the containers of a user without root have. Root has its containers in none: it is refused.'
  static override usage = '[COMMAND [ARG...]]'
  static override examples = ['<%= command.id %> id', '<%= command.id %> cat /proc/self/uid_map']
  static override optionsEndAtFirstPositional = true
  static override strict = false
  static override flags = {
    'rootless-netns': flags.bool({summary: 'Run in the network namespace of the containers of a user without root'}),
  }

  async run(): Promise<void> {
    await this.parse(Unshare)
    throw new EngineError('ERR_REFUSED', 'please use unshare with rootless')
  }
}
