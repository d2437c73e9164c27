import type {Trace} from '../../timings/index.ts'
import type {VmConfig} from '../config/vm-config.ts'
import type {Hypervisor} from '../hypervisor/hypervisor.ts'
import type {VmStore} from '../persist/vm-store.ts'

/** What every verb works with; made once per process by `openServices`. */
export interface VmServices {
  readonly store: VmStore
  readonly config: VmConfig
  /** The hypervisor for this configuration; settled, and probed when need be, at the first call. */
  hypervisor(config: VmConfig): Promise<Hypervisor>
  readonly timings: Trace
  /** For what must be said but is no result: goes to the log. */
  warn(message: string): void
}
