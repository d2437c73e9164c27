import type {NetworkConnection, NetworkRecord, NetworkStatus, PortMapping} from './network-record.ts'

/** What a driver is told of a container; netavark's input as it stands. @see netavark src/network/types.rs, NetworkOptions */
export interface NetworkInput {
  readonly container_id: string
  readonly container_name: string
  readonly container_hostname?: string
  readonly port_mappings?: readonly PortMapping[]
  readonly networks: Readonly<Record<string, NetworkConnection>>
  readonly network_info: Readonly<Record<string, NetworkRecord>>
  readonly dns_servers?: readonly string[]
}

/** Makes what a container has of its networks in its namespace and on the host. One at a time: its caller holds a lock. */
export interface NetworkDriver {
  /** What each network gave the container. @throws ERR_NETWORK_SETUP */
  setUp(netns: string, input: NetworkInput): Promise<Readonly<Record<string, NetworkStatus>>>
  /** Takes down what is there of it. @throws ERR_NETWORK_SETUP */
  tearDown(netns: string, input: NetworkInput): Promise<void>
}
