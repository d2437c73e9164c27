import {GroupCommand} from '../../src/cli/group-command.ts'

export default class Volume extends GroupCommand {
  static override summary = 'Manage volumes'
  static override description = 'Volumes are directories that outlive the containers which use them.'
}
