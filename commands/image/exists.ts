import {ExitStatus} from '../../src/cli/exit-codes.ts'
import * as flags from '../../src/cli/flags.ts'
import {ImageCommand} from '../../src/cli/image/image-command.ts'

export default class ImageExists extends ImageCommand {
  static override summary = 'Check if an image exists in local storage'
  static override description = 'Says by the exit code whether there is such an image here: 0 yes, 1 no.'
  static override usage = 'IMAGE'
  static override examples = ['<%= command.id %> ID', '<%= command.id %> IMAGE && run IMAGE']
  static override args = {image: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(ImageExists)
    if (!(await this.images()).find(args.image as string, {list: true})) throw new ExitStatus(1)
  }
}
