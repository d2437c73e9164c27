import {latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {inspectNamed} from '../src/cli/inspect/inspect-named.ts'
import {type InspectType, inspectTypes} from '../src/cli/inspect/inspect-objects.ts'
import {requireVolumeName} from '../src/cli/volume-named.ts'
import {EngineError} from '../src/errors/index.ts'

export default class Inspect extends EngineCommand {
  static override summary = 'Display the configuration of object denoted by ID'
  static override description =
    'Prints all that is known of containers, images, pods, networks and volumes as JSON, or what a template picks from it.\n\n`container inspect`, `image inspect`, `network inspect` and `volume inspect` look for one kind only.'
  static override usage = '{CONTAINER|IMAGE|NETWORK|POD|VOLUME} [...]'
  static override examples = [
    '<%= command.id %> fedora',
    '<%= command.id %> --type image fedora',
    '<%= command.id %> CtrID ImgID',
    '<%= command.id %> --format "imageId: {{.Id}} size: {{.Size}}" fedora',
  ]
  static override strict = false
  static override flags = {
    format: flags.string({char: 'f', summary: 'Print as json, or by a Go template', default: 'json'}),
    latest,
    size: flags.bool({char: 's', summary: "Measure the container's files as well"}),
    type: flags.string({
      char: 't',
      summary: 'Kind of object to look for: all, container, image, network, pod or volume',
      default: 'all',
      suggests: [...inspectTypes],
    }),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Inspect)
    const type = checkedType(given.type)
    if (type === 'volume') argv.forEach(requireVolumeName)
    await inspectNamed(await this.runtime(), argv, {...given, type})
  }
}

function checkedType(type: string): InspectType {
  if ((inspectTypes as readonly string[]).includes(type)) return type as InspectType
  const words = '"image", "container", "pod", "network", "volume", or "all"'
  throw new EngineError('ERR_REFUSED', `invalid type "${type}": must be ${words}`)
}
