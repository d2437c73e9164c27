import type {EngineConfig} from '../config/index.ts'
import type {Image} from '../image/image.ts'
import type {ContainerConfig} from '../libpod/define/container-config.ts'
import type {PodConfig, PodStatus} from '../libpod/define/pod.ts'

/** What a request is resolved against; the engine's parts, each as narrow as it is used. */
export interface SpecServices {
  readonly config: EngineConfig
  readonly images: {
    /** @throws ERR_IMAGE_UNKNOWN, ERR_IMAGE_AMBIGUOUS */
    resolve(name: string): {readonly image: Image; readonly name: string}
  }
  readonly containers: {
    /** @throws ERR_NO_SUCH_CTR, ERR_CTR_AMBIGUOUS */
    lookup(nameOrID: string): {readonly id: string; readonly config: ContainerConfig}
    list(): readonly {readonly config: ContainerConfig}[]
  }
  readonly networks: {
    /** By name or id. @throws ERR_NO_SUCH_NETWORK */
    lookup(nameOrID: string): {readonly name: string}
  }
  readonly pods: {
    /** @throws ERR_NO_SUCH_POD */
    lookup(nameOrID: string): {readonly config: PodConfig; status(): PodStatus}
  }
  /** @throws ERR_NO_SUCH_SECRET */
  readonly secrets: {lookup(nameOrID: string): {readonly id: string; readonly name: string}}
  /** A host port that is free now. */
  freePort(protocol: 'tcp' | 'udp' | 'sctp', hostIP: string): number
  /** A free two-word name. */
  generateName(): string
  /** 64 hex digits. */
  generateID(): string
  now(): Date
  /** Variables of the caller, for the proxy settings. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** A sentence for the user about something that is done differently than asked. */
  warn(sentence: string): void
}
