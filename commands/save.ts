import {isatty} from 'node:tty'
import * as flags from '../src/cli/flags.ts'
import {ImageCommand} from '../src/cli/image/image-command.ts'
import {DescriptorWriter} from '../src/cli/terminal/descriptor-writer.ts'
import {EngineError} from '../src/errors/index.ts'
import {type SaveFormat, saveFormats, saveImages} from '../src/image/index.ts'

interface Given {
  readonly compress: boolean
  readonly format: string
  readonly output?: string
  readonly uncompressed: boolean
}

export default class Save extends ImageCommand {
  static override summary = 'Save image(s) to an archive'
  static override description =
    "Writes images to an archive or directory for `load` and other tools: Docker's archive form, or another by --format."
  static override usage = 'IMAGE [IMAGE...]'
  static override examples = [
    '<%= command.id %> --quiet -o myimage.tar imageID',
    '<%= command.id %> --format docker-dir -o ubuntu-dir ubuntu',
    '<%= command.id %> > alpine-all.tar alpine:latest',
  ]
  static override args = {image: flags.arg({multiple: true})}
  static override flags = {
    compress: flags.bool({
      summary: 'Compress the layers with gzip; with --format docker-dir only',
    }),
    format: flags.string({
      summary: 'What to write: docker-archive, docker-dir, oci-archive or oci-dir',
      default: 'docker-archive',
      suggests: [...saveFormats],
    }),
    'multi-image-archive': flags.bool({
      char: 'm',
      summary: 'Take each argument for an image of its own, to put all into one docker-archive',
    }),
    output: flags.string({char: 'o', summary: 'File to write to, instead of a redirected stdout'}),
    quiet: flags.bool({char: 'q', summary: 'Show no progress'}),
    'signature-policy': flags.string({summary: 'File with the signature policy to apply', hidden: true}),
    uncompressed: flags.bool({summary: 'Leave the layers as they are in the oci formats, rather than compress them'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Save)
    if (argv.length === 0) throw new EngineError('ERR_REFUSED', 'need at least 1 argument')
    const format = checkFormat(given)
    this.checkPolicy(given['signature-policy'], 'containers-storage', '')
    const multiple = this.changed('multi-image-archive')
      ? given['multi-image-archive']
      : (await this.engineConfig()).engine.multiImageArchive
    await saveImages(await this.images(), argv as string[], multiple, {
      format,
      output: given.output ?? new DescriptorWriter(1),
      temporaryDirectory: this.copyDirectory,
      ...((given.compress || (format.startsWith('oci') && !given.uncompressed)) && {compression: {format: 'gzip'}}),
      report: this.copyReport(given.quiet || given.output === undefined),
    })
  }
}

function checkFormat({compress, format, output}: Given): SaveFormat {
  const known = saveFormats.find((name) => name === format)
  if (!known)
    throw new EngineError('ERR_REFUSED', 'format value must be one of oci-dir oci-archive docker-dir docker-archive')
  if (compress && known !== 'docker-dir')
    throw new EngineError('ERR_REFUSED', "--compress can only be set when --format is 'docker-dir'")
  if (output === undefined && known.endsWith('-dir'))
    throw new EngineError('ERR_REFUSED', `--format ${known} needs a directory: use the --output flag`)
  if (output === undefined && isatty(1))
    throw new EngineError('ERR_REFUSED', 'cannot write to terminal, use command-line redirection or the --output flag')
  if (output?.includes(':'))
    throw new EngineError('ERR_REFUSED', `invalid filename (should not contain ':') "${output}"`)
  return known
}
