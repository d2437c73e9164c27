import {GroupCommand} from '../../src/cli/group-command.ts'

export default class SystemGroup extends GroupCommand {
  static override summary = 'Manage berth'
}
