import {GroupCommand} from '../../src/cli/group-command.ts'

export default class ContainerGroup extends GroupCommand {
  static override summary = 'Manage containers'
}
