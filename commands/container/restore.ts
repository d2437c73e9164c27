import {all, latest} from '../../src/cli/container-flags.ts'
import {publishedPorts} from '../../src/cli/create-options/network-options.ts'
import {CriuStatisticsPage} from '../../src/cli/criu-statistics-page.ts'
import * as flags from '../../src/cli/flags.ts'
import {RegistryCommand} from '../../src/cli/image/registry-command.ts'
import {selectContainers} from '../../src/cli/selection.ts'
import {EngineError} from '../../src/errors/index.ts'
import type {Image} from '../../src/image/index.ts'
import {isCheckpointImage} from '../../src/libpod/container/checkpoint/checkpoint-image.ts'
import type {Container} from '../../src/libpod/container.ts'
import type {RestoreOptions} from '../../src/libpod/define/verb-options.ts'
import type {Runtime} from '../../src/libpod/runtime.ts'

type Given = flags.FlagValues<typeof restoreFlags>

const restoreFlags = {
  all: all('Restore every container that was checkpointed'),
  'file-locks': flags.bool({summary: 'Restore the file locks that the processes held'}),
  'ignore-rootfs': flags.bool({
    summary: 'Leave out the file changes that the checkpoint archive holds',
  }),
  'ignore-static-ip': flags.bool({summary: 'Do not ask for the IP address that the container was made with'}),
  'ignore-static-mac': flags.bool({summary: 'Do not ask for the MAC address that the container was made with'}),
  'ignore-volumes': flags.bool({summary: 'Leave out the contents of volumes that the checkpoint archive holds'}),
  import: flags.string({char: 'i', summary: 'Checkpoint archive to restore from, as made by --export'}),
  'import-previous': flags.string({
    summary: 'Archive of the earlier --pre-checkpoint, for one made with --with-previous',
  }),
  keep: flags.bool({char: 'k', summary: "Keep CRIU's logs and statistics"}),
  latest,
  name: flags.string({
    char: 'n',
    summary: 'Name for the container; with --import or a checkpoint image',
  }),
  pod: flags.string({summary: 'Pod to restore the container into (not supported)'}),
  'print-stats': flags.bool({summary: 'Print how long the parts of the restore took'}),
  publish: flags.list({
    char: 'p',
    summary: 'Port to publish instead of the original ones, as [[IP:]HOSTPORT:]PORT[/PROTOCOL]',
  }),
  'tcp-close': flags.bool({summary: 'Close the TCP connections that were open'}),
  'tcp-established': flags.bool({summary: 'Restore TCP connections that were open'}),
}

export default class ContainerRestore extends RegistryCommand {
  static override summary = 'Restore one or more containers from a checkpoint'
  static override description =
    "Starts a container from the state that `container checkpoint` has written, its own or an archive's."
  static override usage = 'CONTAINER|IMAGE [CONTAINER|IMAGE...]'
  static override examples = [
    '<%= command.id %> ctrID',
    '<%= command.id %> --all',
    '<%= command.id %> --import a.tar.zst --name other',
  ]
  static override strict = false
  static override flags = restoreFlags

  async run(): Promise<void> {
    const {argv: names, flags: given} = await this.parse(ContainerRestore)
    const runtime = await this.runtime()
    const fromImage = imageOf(runtime, names)
    refuseContradictions(given, names, fromImage !== undefined)
    const statistics = new CriuStatisticsPage('restore')
    const restore = async (container: Container, name: string): Promise<string | undefined> => {
      const report = await container.restore(optionsOf(given))
      if (!given['print-stats']) return name
      statistics.add(container.id, report)
      return undefined
    }
    if (given.import !== undefined) {
      await this.forEachName([given.import], async (path) => this.#imported({path}, given, restore))
    } else if (fromImage) {
      await this.forEachName(names, async (name) => this.#imported({name, image: fromImage}, given, restore))
    } else {
      for (const name of names) if (!runtime.containers.exists(name)) refuse(`no such container or image: ${name}`)
      const chosen = await selectContainers(
        runtime,
        {names, all: given.all, latest: given.latest},
        {onlyIf: ({state}) => state.status === 'exited'},
      )
      await this.forEachChosen(chosen, restore)
    }
    if (given['print-stats']) this.print(statistics.text())
  }

  /** The container is there only when its processes are. */
  async #imported(
    from: {readonly path: string} | {readonly image: Image; readonly name: string},
    given: Given,
    restore: (container: Container, name: string) => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const runtime = await this.runtime()
    using source = await runtime.openCheckpoint(from)
    const {image} = source.config
    const container = await runtime.importCheckpoint(source, {
      ...{name: given.name, previousPath: given['import-previous']},
      ...{ignoreRootfs: given['ignore-rootfs'], ignoreVolumes: given['ignore-volumes']},
      ...(image && {image: await this.containerImage(image.name)}),
      ...(given.publish.length > 0 && {ports: publishedPorts(given.publish)}),
    })
    try {
      return await restore(container, container.id)
    } catch (error) {
      await container.remove({force: true, volumes: true})
      throw error
    }
  }
}

function optionsOf(given: Given): RestoreOptions {
  return {
    keep: given.keep,
    tcpEstablished: given['tcp-established'],
    tcpClose: given['tcp-close'],
    fileLocks: given['file-locks'],
    ignoreStaticIP: given['ignore-static-ip'],
    ignoreStaticMAC: given['ignore-static-mac'],
    printStats: given['print-stats'],
  }
}

/** The image that holds a checkpoint, when the names are no containers. @throws ERR_REFUSED for another image */
function imageOf({containers, images}: Runtime, names: readonly string[]): Image | undefined {
  if (names.some((name) => containers.exists(name))) return undefined
  for (const found of names.flatMap((name) => images.find(name) ?? [])) {
    if (isCheckpointImage(found)) return found
    refuse(`image is not a checkpoint: ${found.id}`)
  }
  return undefined
}

/** In podman's order and words. */
function refuseContradictions(given: Given, names: readonly string[], fromImage: boolean): void {
  if (given.import === undefined && !fromImage)
    for (const option of ['import-previous', 'ignore-rootfs', 'ignore-volumes', 'name', 'pod'] as const)
      if (given[option]) refuse(`--${option} can only be used with image or --import`)
  if (given.name !== undefined && given['tcp-established']) refuse('--tcp-established cannot be used with --name')
  if (given.import !== undefined && (given.all || given.latest)) refuse('cannot use --import with --all or --latest')
  if (given.import !== undefined && names.length > 0) refuse('cannot use --import with positional arguments')
  if (names.length > 1 && given.name !== undefined) refuse('--name can only be used with one checkpoint image')
  if (given['tcp-close'] && given['tcp-established'])
    refuse('--tcp-established and --tcp-close cannot be used together')
  if (given.pod !== undefined) throw new EngineError('ERR_NOT_SUPPORTED', 'restoring a container into another pod')
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
