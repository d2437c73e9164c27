import {GroupCommand} from '../../src/cli/group-command.ts'

export default class Volume extends GroupCommand {
  static override summary = 'Manage volumes'
  static override description = 'Volumes are created in and can be shared between containers'
}
