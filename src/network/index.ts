export {addressBits, type Cidr, canonicalAddress, contains, parseCidr} from './cidr.ts'
export {addressesOf, type ContainerNetwork, ContainerNetworks, type NetworkSetup} from './container-network.ts'
export {makeNetwork, type NetworkRequest, type NetworkSurroundings} from './create-network.ts'
export type {SubnetPool} from './free-subnet.ts'
export type {HostInterfaces} from './host-interfaces.ts'
export {bindHostPorts, freeHostPort} from './host-ports.ts'
export {requireNetavark} from './netavark-version.ts'
export {createNetns, netnsPath, removeNetns} from './netns.ts'
export type {
  InterfaceStatus,
  NetworkConnection,
  NetworkRecord,
  NetworkStatus,
  PortMapping,
  Route,
  Subnet,
} from './network-record.ts'
export {type NetworkStore, networkID} from './network-store.ts'
export {type Networks, type NetworksOptions, openNetworks} from './open-networks.ts'
export {RunningNetavark} from './running-netavark.ts'
export type {SlirpOptions} from './slirp-options.ts'
export {slirpAddresses} from './slirp4netns.ts'
