import {GroupCommand} from '../../../src/cli/group-command.ts'

export default class ImageTrust extends GroupCommand {
  static override summary = 'Manage container image trust policy'
  static override description =
    'Manages which registries one trusts as a source of container images based on its location.'
}
