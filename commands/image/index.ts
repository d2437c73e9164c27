import {GroupCommand} from '../../src/cli/group-command.ts'

export default class ImageGroup extends GroupCommand {
  static override summary = 'Manage images'
}
