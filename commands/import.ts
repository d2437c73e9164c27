import {isatty} from 'node:tty'
import * as flags from '../src/cli/flags.ts'
import {ImageCommand} from '../src/cli/image/image-command.ts'
import {EngineError} from '../src/errors/index.ts'
import {importImage} from '../src/image/index.ts'

export default class Import extends ImageCommand {
  static override summary = 'Import a tarball to create a filesystem image'
  static override description =
    'Makes an image with one layer from a tar archive, plain or compressed: a file, a URL or stdin.'
  static override usage = 'PATH [REFERENCE]'
  static override examples = [
    '<%= command.id %> https://example.com/ctr.tar url-image',
    'cat ctr.tar | <%= command.id %> -q --message "importing the ctr.tar tarball" - image-imported',
    '<%= command.id %> --change CMD=/bin/bash --change LABEL=blue=image ctr.tar image-imported',
  ]
  static override args = {path: flags.arg({required: true}), reference: flags.arg()}
  static override flags = {
    arch: flags.string({summary: 'Architecture that the image is for, such as arm64'}),
    change: flags.array({
      char: 'c',
      summary:
        'Instruction to apply: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME or WORKDIR',
    }),
    message: flags.string({char: 'm', summary: "Comment for the image's history"}),
    os: flags.string({summary: 'Operating system that the image is for'}),
    quiet: flags.bool({char: 'q', summary: 'Show no progress'}),
    'signature-policy': flags.string({summary: 'File with the signature policy to apply', hidden: true}),
    variant: flags.string({summary: 'Variant of the architecture, such as v8'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(Import)
    const path = args.path as string
    if (path === '-' && isatty(0))
      throw new EngineError('ERR_REFUSED', 'cannot read from terminal. Use command-line redirection')
    this.checkPolicy(given['signature-policy'], 'tarball', '')
    if (/^https?:\/\//.test(path)) this.print(`Downloading from ${JSON.stringify(path)}`)
    const image = await importImage(await this.images(), {
      source: path === '-' ? 0 : path,
      changes: given.change,
      report: this.copyReport(given.quiet),
      ...(args.reference && {reference: args.reference}),
      ...(given.message !== undefined && {message: given.message}),
      ...(given.arch !== undefined && {architecture: given.arch}),
      ...(given.os !== undefined && {os: given.os}),
      ...(given.variant !== undefined && {variant: given.variant}),
    })
    this.print(`sha256:${image.id}`)
  }
}
