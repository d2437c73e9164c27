import {GroupCommand} from '../../src/cli/group-command.ts'

export default class Secret extends GroupCommand {
  static override summary = 'Manage secrets'
  static override description = 'Manage secrets'
}
