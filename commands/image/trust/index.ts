import {GroupCommand} from '../../../src/cli/group-command.ts'

export default class ImageTrust extends GroupCommand {
  static override summary = 'Manage container image trust policy'
  static override description =
    'Shows and changes which registries images are accepted from, and whose signatures they need (`policy.json`).'
}
