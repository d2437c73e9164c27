import type {LayerStore} from '../../storage/layer-store.ts'
import type {EngineConfig} from '../config/index.ts'
import type {ImageStore} from '../image/index.ts'
import type {Networks} from '../network/index.ts'
import type {OciRuntime} from '../oci/runtime/index.ts'
import type {Shim} from '../shim/index.ts'
import type {Trace} from '../timings/index.ts'
import type {EventLog} from './events/event-log.ts'
import type {PodRecords} from './pod/pod-records.ts'
import type {SecretStore} from './secret/index.ts'
import type {State} from './state/state.ts'
import type {VolumeStore} from './volume/index.ts'

/** What the verbs work with. Each part is opened when it is first asked for. */
export interface Engine {
  readonly config: EngineConfig
  readonly state: State
  readonly layers: LayerStore
  readonly images: ImageStore
  readonly networks: Networks
  readonly volumes: VolumeStore
  readonly secrets: SecretStore
  readonly pods: PodRecords
  readonly shim: Shim
  readonly events: EventLog
  readonly trace: Trace
  /** @throws ERR_INVALID_ARG when there is no such runtime */
  ociRuntime(nameOrPath: string): OciRuntime
}
