import {GroupCommand} from '../../src/cli/group-command.ts'

export default class ManifestGroup extends GroupCommand {
  static override summary = 'Manipulate manifest lists and image indexes'
  static override description = 'Creates, modifies, and pushes manifest lists and image indexes.'
}
