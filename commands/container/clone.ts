import {resourceFlags, resourcesOf} from '../../src/cli/create-options/resource-options.ts'
import * as flags from '../../src/cli/flags.ts'
import {RegistryCommand} from '../../src/cli/image/registry-command.ts'
import {noLimits} from '../../src/cli/update/no-limits.ts'
import {updateResources} from '../../src/cli/update/update-resources.ts'
import {EngineError} from '../../src/errors/index.ts'
import {cloneConfig, cloneName} from '../../src/libpod/define/clone-config.ts'
import type {ContainerConfig} from '../../src/libpod/define/container-config.ts'
import {rfc3339Now} from '../../src/libpod/define/time.ts'
import type {Pod} from '../../src/libpod/pod/index.ts'

export default class ContainerClone extends RegistryCommand {
  static override summary = 'Clone an existing container'
  static override description =
    'Creates a container with the configuration of another one, changed by the options given.'
  static override usage = 'CONTAINER [NAME] [IMAGE]'
  static override examples = [
    '<%= command.id %> container_name new_name image_name',
    '<%= command.id %> --destroy --cpus=5 ctrID',
    '<%= command.id %> --run ctrID',
  ]
  static override args = {container: flags.arg({required: true}), name: flags.arg(), image: flags.arg()}
  static override flags = {
    'blkio-weight': resourceFlags['blkio-weight'],
    'blkio-weight-device': resourceFlags['blkio-weight-device'],
    'cpu-period': resourceFlags['cpu-period'],
    'cpu-quota': resourceFlags['cpu-quota'],
    'cpu-rt-period': resourceFlags['cpu-rt-period'],
    'cpu-rt-runtime': resourceFlags['cpu-rt-runtime'],
    'cpu-shares': resourceFlags['cpu-shares'],
    cpus: resourceFlags.cpus,
    'cpuset-cpus': resourceFlags['cpuset-cpus'],
    'cpuset-mems': resourceFlags['cpuset-mems'],
    destroy: flags.bool({summary: 'Remove the original once the clone is made'}),
    'device-read-bps': resourceFlags['device-read-bps'],
    'device-write-bps': resourceFlags['device-write-bps'],
    force: flags.bool({char: 'f', summary: 'Remove the original even while it runs; with --destroy'}),
    memory: resourceFlags.memory,
    'memory-reservation': resourceFlags['memory-reservation'],
    'memory-swap': resourceFlags['memory-swap'],
    'memory-swappiness': resourceFlags['memory-swappiness'],
    name: flags.string({summary: 'Name for the container'}),
    pod: flags.string({summary: 'Pod for the clone (not supported)'}),
    run: flags.bool({summary: 'Start the clone'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(ContainerClone)
    if (given.force && !given.destroy) refuse('cannot set --force without --destroy: invalid argument')
    const runtime = await this.runtime()
    if (given.pod !== undefined) refusePod(runtime.pods.lookup(given.pod))
    const original = runtime.containers.lookup(args.container)
    const name = args.name || given.name || cloneName(original.name, (taken) => runtime.containers.exists(taken))
    const image = args.image === undefined ? undefined : await this.containerImage(args.image)
    const config = cloneConfig(original.config, {name, createdAt: rfc3339Now(), image})
    const limits = updateResources(resourcesOf({...noLimits, ...given}), (option) => this.changed(option))
    const clone = await runtime.createContainer(withLimits(config, limits))
    if (given.destroy) await original.remove({force: given.force})
    if (given.run) await clone.start()
    this.print(clone.id)
  }
}

function withLimits(config: ContainerConfig, limits: ReturnType<typeof updateResources>): ContainerConfig {
  const {memory, cpu} = limits
  const {resources} = config
  return {
    ...config,
    resources: {
      ...resources,
      ...(memory && {memory: {...resources.memory, ...memory}}),
      ...(cpu && {cpu: {...resources.cpu, ...cpu}}),
    },
  }
}

/** Namespaces are decided when a container is created: a clone has those of the original. */
function refusePod({name}: Pod): never {
  throw new EngineError('ERR_NOT_SUPPORTED', `cloning a container into another pod (${name})`)
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
