import {all, latest} from '../../src/cli/container-flags.ts'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {selectContainers} from '../../src/cli/selection.ts'
import {EngineError} from '../../src/errors/index.ts'
import type {RestoreOptions} from '../../src/libpod/define/verb-options.ts'
import type {Runtime} from '../../src/libpod/runtime.ts'

export default class ContainerRestore extends EngineCommand {
  static override summary = 'Restore one or more containers from a checkpoint'
  static override description = 'Restores a container from a checkpoint. The container name or ID can be used.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = ['<%= command.id %> ctrID', '<%= command.id %> --all']
  static override strict = false
  static override flags = {
    all: all('Restore all checkpointed containers'),
    'file-locks': flags.bool({summary: 'Restore a container with file locks'}),
    'ignore-rootfs': flags.bool({
      summary: 'Do not apply root file-system changes when importing from exported checkpoint',
    }),
    'ignore-static-ip': flags.bool({summary: 'Ignore IP address set via --static-ip'}),
    'ignore-static-mac': flags.bool({summary: 'Ignore MAC address set via --mac-address'}),
    'ignore-volumes': flags.bool({summary: 'Do not restore volumes associated with container'}),
    import: flags.string({char: 'i', summary: 'Restore from exported checkpoint archive (tar.gz)'}),
    'import-previous': flags.string({summary: 'Restore from exported pre-checkpoint archive (tar.gz)'}),
    keep: flags.bool({char: 'k', summary: 'Keep all temporary checkpoint files'}),
    latest,
    name: flags.string({
      char: 'n',
      summary: 'Specify new name for container restored from exported checkpoint (only works with image or --import)',
    }),
    pod: flags.string({summary: 'Restore container into existing Pod (only works with image or --import)'}),
    'print-stats': flags.bool({summary: 'Display restore statistics'}),
    publish: flags.list({
      char: 'p',
      summary: "Publish a container's port, or a range of ports, to the host (default [])",
    }),
    'tcp-close': flags.bool({summary: 'Close TCP connections while restoring'}),
    'tcp-established': flags.bool({summary: 'Restore a container with established TCP connections'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(ContainerRestore)
    if (
      given.import !== undefined ||
      given['import-previous'] !== undefined ||
      given.pod !== undefined ||
      given.publish.length > 0
    )
      throw new EngineError('ERR_NOT_SUPPORTED', 'restoring from an exported checkpoint')
    if (given.name !== undefined) refuse('--name can only be used with image or --import')
    if (given['tcp-close'] && given['tcp-established'])
      refuse('--tcp-established and --tcp-close cannot be used together')
    const options: RestoreOptions = {
      keep: given.keep,
      tcpEstablished: given['tcp-established'],
      tcpClose: given['tcp-close'],
      fileLocks: given['file-locks'],
      ignoreRootfs: given['ignore-rootfs'],
      ignoreVolumes: given['ignore-volumes'],
      ignoreStaticIP: given['ignore-static-ip'],
      ignoreStaticMAC: given['ignore-static-mac'],
      printStats: given['print-stats'],
    }
    const runtime = await this.runtime()
    for (const name of argv) checkRestorable(runtime, name)
    const chosen = await selectContainers(
      runtime,
      {names: argv, all: given.all, latest: given.latest},
      {onlyIf: ({state}) => state.status === 'exited'},
    )
    await this.forEachChosen(chosen, async (container, name) => {
      await container.restore(options)
      return name
    })
  }
}

/** Of a name that is no container's podman says that it looked for an image too. */
function checkRestorable({containers, images}: Runtime, name: string): void {
  if (containers.exists(name)) return
  if (images.find(name)) throw new EngineError('ERR_NOT_SUPPORTED', `restoring from the checkpoint image ${name}`)
  refuse(`no such container or image: ${name}`)
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
