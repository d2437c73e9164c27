import {randomBytes} from 'node:crypto'
import type {Container} from '../libpod/container.ts'
import type {Runtime} from '../libpod/runtime.ts'
import {type ContainerRequest, generateContainer, type SpecServices, sandboxAnnotations} from '../specgen/index.ts'
import type {BuildRequest} from './build-request.ts'
import {workingLabels} from './leftovers.ts'

/**
 * The virtual machine that the steps of one build share, where the OCI runtime makes machines: starting one for every step would
 * take most of the build's time. A container that does nothing holds it, as in a pod.
 */
export class BuildMachine implements AsyncDisposable {
  readonly #runtime: Runtime
  readonly #spec: SpecServices
  #holder: Promise<Container | undefined> | undefined

  constructor(runtime: Runtime, spec: SpecServices) {
    this.#runtime = runtime
    this.#spec = spec
  }

  /** What a step's request says to run in the machine. Nothing where steps run on the host's kernel. */
  async membership({container}: BuildRequest): Promise<Partial<ContainerRequest>> {
    this.#holder ??= this.#start(container)
    const holder = await this.#holder
    if (!holder) return {}
    return {
      annotations: sandboxAnnotations('container', holder.id),
      network: {mode: `container:${holder.id}`},
      // The files that name hosts and servers are those of whoever has the network.
      ...{extraHosts: undefined, noHosts: undefined},
      ...{dnsServers: undefined, dnsSearches: undefined, dnsOptions: undefined},
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const holder = await this.#holder?.catch(() => undefined)
    await holder?.remove({force: true, volumes: true, timeoutSeconds: 0})
  }

  async #start(request: Partial<ContainerRequest>): Promise<Container | undefined> {
    if (!(await this.#runtime.ociRuntime(request.runtime).makesMachines())) return undefined
    const id = randomBytes(32).toString('hex')
    const config = generateContainer(await this.#holderRequest(request, id), {...this.#spec, generateID: () => id})
    const container = await this.#runtime.createContainer(config)
    try {
      await container.start()
      return container
    } catch (error) {
      await container.remove({force: true, volumes: true})
      throw error
    }
  }

  async #holderRequest(request: Partial<ContainerRequest>, id: string): Promise<ContainerRequest> {
    return {
      image: (await this.#runtime.infraImage()).id,
      annotations: sandboxAnnotations('sandbox', id),
      labels: workingLabels(),
      network: request.network,
      cgroupParent: request.cgroupParent,
      ...{extraHosts: request.extraHosts, noHosts: request.noHosts},
      ...{dnsServers: request.dnsServers, dnsSearches: request.dnsSearches, dnsOptions: request.dnsOptions},
      runtime: request.runtime,
      log: {driver: 'none'},
      health: {disable: true},
    }
  }
}
