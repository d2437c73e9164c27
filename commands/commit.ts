import {readFileSync, writeFileSync} from 'node:fs'
import * as flags from '../src/cli/flags.ts'
import {ImageCommand} from '../src/cli/image/image-command.ts'
import {EngineError, isErrno, systemReason} from '../src/errors/index.ts'
import {parseOverride} from '../src/image/override-config.ts'
import type {CommitOptions} from '../src/libpod/define/verb-options.ts'
import type {ImageRunConfig} from '../src/oci/types/image-spec.ts'

export default class Commit extends ImageCommand {
  static override summary = 'Create new image based on the changed container'
  static override description =
    'Makes an image of what a container has written on top of its own image. Author, message and single instructions (CMD, ENV, …) can be given along.'
  static override usage = 'CONTAINER [IMAGE]'
  static override examples = [
    '<%= command.id %> -q --message "committing container to image" reverent_golick image-committed',
    '<%= command.id %> -q --author "firstName lastName" reverent_golick image-committed',
    '<%= command.id %> -q --pause=false containerID image-committed',
    '<%= command.id %> containerID',
  ]
  static override args = {container: flags.arg({required: true}), image: flags.arg()}
  static override flags = {
    author: flags.string({char: 'a', summary: 'Set the author for the image committed'}),
    change: flags.array({
      char: 'c',
      summary:
        'Apply the following possible instructions to the created image: CMD | ENTRYPOINT | ENV | EXPOSE | LABEL | ONBUILD | STOPSIGNAL | USER | VOLUME | WORKDIR',
    }),
    config: flags.string({summary: 'file containing a container configuration to merge into the image'}),
    format: flags.string({
      char: 'f',
      summary: '`Format` of the image manifest and metadata',
      default: 'oci',
      suggests: ['oci', 'docker'],
    }),
    iidfile: flags.string({summary: 'file to write the image ID to'}),
    'include-volumes': flags.bool({summary: 'Include container volumes as image volumes'}),
    message: flags.string({char: 'm', summary: 'Set commit message for imported image'}),
    pause: flags.bool({char: 'p', summary: 'Pause container during commit'}),
    quiet: flags.bool({char: 'q', summary: 'Suppress output'}),
    squash: flags.bool({char: 's', summary: 'squash newly built layers into a single new layer'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(Commit)
    const override = given.config ? overrideIn(given.config) : undefined
    const container = (await this.runtime()).containers.lookup(args.container)
    const id = await container.commit({
      reference: args.image,
      author: given.author,
      message: given.message,
      changes: given.change,
      ...(override && {override}),
      format: checkedFormat(given.format),
      includeVolumes: given['include-volumes'],
      pause: given.pause,
      squash: given.squash,
      report: this.copyReport(given.quiet),
    })
    if (given.iidfile !== undefined) writeFileSync(given.iidfile, id)
    this.print(id)
  }
}

/** @throws ERR_REFUSED in podman's words */
function overrideIn(path: string): ImageRunConfig {
  try {
    return parseOverride(readFileSync(path))
  } catch (cause) {
    if (!isErrno(cause)) throw cause
    throw new EngineError('ERR_REFUSED', `--config: open ${path}: ${systemReason(cause)}`, {cause})
  }
}

function checkedFormat(format: string): CommitOptions['format'] {
  if (format === 'oci' || format === 'docker') return format
  throw new EngineError('ERR_REFUSED', `unrecognized image format "${format}"`)
}
