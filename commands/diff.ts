import {latest} from '../src/cli/container-flags.ts'
import {type Change, diffText} from '../src/cli/diff-text.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {EngineError} from '../src/errors/index.ts'
import {imageDiff} from '../src/image/index.ts'
import type {Runtime} from '../src/libpod/runtime.ts'

export default class Diff extends EngineCommand {
  static override summary = "Display the changes to the object's file system"
  static override description =
    'Lists what a container has changed since its image, or how an image differs from another, or from the layer below its last one.'
  static override usage = '{CONTAINER|IMAGE} [{CONTAINER|IMAGE}]'
  static override examples = [
    '<%= command.id %> imageID',
    '<%= command.id %> ctrID',
    '<%= command.id %> --format json redis:alpine',
  ]
  static override strict = false
  static override flags = {
    format: flags.string({summary: 'Print as json', suggests: ['json']}),
    latest,
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Diff)
    if (given.latest && argv.length > 0) refuse('--latest and arguments cannot be used together')
    if (!given.latest && argv.length === 0)
      refuse(`"berth ${this.path.join(' ')}" requires a name, id, or the "--latest" flag`)
    if (argv.length > 2) refuse(`accepts between 1 and 2 arg(s), received ${argv.length}`)
    const runtime = await this.runtime()
    const name = given.latest ? runtime.containers.latest().id : (argv[0] ?? '')
    this.write(diffText(await changesOf(runtime, name, argv[1]), given.format))
  }
}

async function changesOf(
  {containers, images}: Runtime,
  name: string,
  other: string | undefined,
): Promise<readonly Change[]> {
  if (name === '') throw new EngineError('ERR_LAYER_UNKNOWN', `${name} not found`)
  const container = containers.find(name)
  if (container && other === undefined) return container.diff()
  const image = images.find(name)
  if (!container && !image) throw new EngineError('ERR_LAYER_UNKNOWN', `${name} not found`)
  if (!image) throw new EngineError('ERR_NOT_SUPPORTED', 'comparing a container with anything but its image')
  return imageDiff(images, image, other === undefined ? undefined : images.lookup(other))
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
