import type {NetavarkInput} from './netavark.ts'
import type {NetworkStatus} from './network-record.ts'

/** Makes what a container has of its networks in its namespace and on the host. One at a time: its caller holds a lock. */
export interface NetworkDriver {
  /** What each network gave the container. @throws ERR_NETWORK_SETUP */
  setUp(netns: string, input: NetavarkInput): Promise<Readonly<Record<string, NetworkStatus>>>
  /** Takes down what is there of it. @throws ERR_NETWORK_SETUP */
  tearDown(netns: string, input: NetavarkInput): Promise<void>
}
