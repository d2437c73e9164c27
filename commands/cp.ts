import {ContainerSide} from '../src/cli/cp/container-side.ts'
import {copyFromStream, copyPath, copyToStream, type Place} from '../src/cli/cp/copy.ts'
import {type Endpoint, parseEndpoints} from '../src/cli/cp/endpoint.ts'
import {HostSide} from '../src/cli/cp/host-side.ts'
import {tarInput} from '../src/cli/cp/tar-input.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {DescriptorWriter} from '../src/cli/terminal/descriptor-writer.ts'
import {EngineError} from '../src/errors/index.ts'

export default class Cp extends EngineCommand {
  static override summary = 'Copy files/folders between a container and the local filesystem'
  static override description =
    'Copies files and directories between a container, running or not, and the host. As source or destination "-" is a tar archive on stdin or stdout. Symbolic links are followed within the container\'s root only.'
  static override usage = '[CONTAINER:]SRC_PATH [CONTAINER:]DEST_PATH'
  static override examples = [
    '<%= command.id %> mycontainer:/myapp.log logs/',
    '<%= command.id %> -a mycontainer:/myapp.log logs/',
    '<%= command.id %> ./config.yml mycontainer:/etc/',
    '<%= command.id %> mycontainer:/etc - | tar tf -',
  ]
  static override args = {source: flags.arg({required: true}), destination: flags.arg({required: true})}
  static override flags = {
    archive: flags.bool({
      char: 'a',
      summary: "Make the container's user the owner of what is copied into it",
      default: true,
    }),
    extract: flags.bool({summary: 'Deprecated: extract a tar archive', hidden: true}),
    overwrite: flags.bool({summary: 'Let a file take the place of a directory, and a directory that of a file'}),
    pause: flags.bool({summary: 'Deprecated: the container is not paused', default: true, hidden: true}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(Cp)
    const {from, to} = parseEndpoints(args.source, args.destination)
    const placeOf = (end: Exclude<Endpoint, {kind: 'stream'}>): Promise<Place> => this.#place(end, given.archive)
    if (to.kind === 'stream' && from.kind === 'container') {
      const output = new DescriptorWriter(1)
      return copyToStream(await placeOf(from), output)
    }
    if (from.kind === 'stream' && to.kind !== 'stream')
      return copyFromStream(() => tarInput(process.stdin), await placeOf(to), given)
    if (from.kind === 'stream' || to.kind === 'stream') throw new EngineError('ERR_NAME_EMPTY')
    await copyPath(await placeOf(from), await placeOf(to), given)
  }

  async #place(end: Exclude<Endpoint, {kind: 'stream'}>, chown: boolean): Promise<Place> {
    if (end.kind === 'host') return {side: new HostSide(), path: end.path}
    const container = (await this.runtime()).containers.find(end.container)
    if (!container) throw new EngineError('ERR_REFUSED', `container "${end.container}" does not exist`)
    return {side: new ContainerSide(container, end.container, chown), path: end.path}
  }
}
