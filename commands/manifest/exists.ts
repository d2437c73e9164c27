import * as flags from '../../src/cli/flags.ts'
import {ImageCommand} from '../../src/cli/image/image-command.ts'
import {hasCode} from '../../src/errors/index.ts'
import {openManifestList} from '../../src/image/index.ts'

export default class ManifestExists extends ImageCommand {
  static override summary = 'Check if a manifest list exists in local storage'
  static override description = 'Says by the exit code whether there is such a list here: 0 yes, 1 no.'
  static override usage = 'MANIFEST'
  static override examples = ['<%= command.id %> mylist']
  static override args = {manifest: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(ManifestExists)
    try {
      openManifestList(await this.images(), args.manifest)
    } catch (error) {
      if (!hasCode(error, 'ERR_IMAGE_UNKNOWN')) throw error
      this.exitCode = 1
    }
  }
}
