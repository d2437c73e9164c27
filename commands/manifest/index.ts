import {GroupCommand} from '../../src/cli/group-command.ts'

export default class ManifestGroup extends GroupCommand {
  static override summary = 'Manipulate manifest lists and image indexes'
  static override description =
    "Works on lists that name one image for each platform (Docker's manifest lists, OCI's indexes)."
}
