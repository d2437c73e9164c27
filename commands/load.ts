import {isatty} from 'node:tty'
import * as flags from '../src/cli/flags.ts'
import {ImageCommand} from '../src/cli/image/image-command.ts'
import {resolveEnvironment} from '../src/config/environment.ts'
import {EngineError} from '../src/errors/index.ts'
import {loadImages} from '../src/image/index.ts'

export default class Load extends ImageCommand {
  static override summary = 'Load image(s) from a tar archive'
  static override description =
    "Reads images from an archive or directory that `save` or another tool has written, in Docker's form or OCI's."
  static override examples = ['<%= command.id %> -i archive.tar', '<%= command.id %> < archive.tar.gz']
  static override flags = {
    input: flags.string({char: 'i', summary: 'Archive or directory to read, instead of stdin'}),
    quiet: flags.bool({char: 'q', summary: 'Show no progress'}),
    'signature-policy': flags.string({summary: 'File with the signature policy to apply', hidden: true}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(Load)
    if (!given.input && isatty(0))
      throw new EngineError(
        'ERR_REFUSED',
        'cannot read from terminal, use command-line redirection or the --input flag',
      )
    const images = await this.images()
    const loaded = await loadImages(images, {
      path: given.input || 0,
      temporaryDirectory: this.copyDirectory,
      report: this.copyReport(given.quiet),
      environment: resolveEnvironment(),
      ...(given['signature-policy'] !== undefined && {policyPath: given['signature-policy']}),
    })
    for (const name of loaded.flatMap(({names}) => names)) this.print(`Loaded image: ${name}`)
  }
}
