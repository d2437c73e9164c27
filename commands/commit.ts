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
    author: flags.string({char: 'a', summary: 'Who made the image, such as a name and an e-mail address'}),
    change: flags.array({
      char: 'c',
      summary:
        'Instruction to apply: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME or WORKDIR',
    }),
    config: flags.string({summary: 'JSON file with settings to put over those of the image'}),
    format: flags.string({
      char: 'f',
      summary: 'Write the image in this `Format`: oci or docker',
      default: 'oci',
      suggests: ['oci', 'docker'],
    }),
    iidfile: flags.string({summary: 'Save the ID of the image in a file'}),
    'include-volumes': flags.bool({summary: "Make all the container's mount points volumes of the image"}),
    message: flags.string({char: 'm', summary: "Comment for the image's history"}),
    pause: flags.bool({char: 'p', summary: 'Pause the container for as long as it is read'}),
    quiet: flags.bool({char: 'q', summary: 'Show no progress'}),
    squash: flags.bool({char: 's', summary: 'Make an image of a single layer'}),
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
