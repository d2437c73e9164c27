/** What this start's network gave the container. */
export interface NetworkFacts {
  /** Its addresses with the names each is known by, for /etc/hosts; empty without a network of its own. */
  readonly addresses: readonly {readonly ip: string; readonly names: readonly string[]}[]
  /** Whether a name server that has only an IPv6 address can be asked. */
  readonly hasIPv6: boolean
  /** The host as seen from the container: the gateway of its first bridge; undefined for the host's own address, empty for none. */
  readonly hostAddress?: string
  /** Name servers and search domains that the networks bring (aardvark-dns); empty for the host's. */
  readonly dnsServers: readonly string[]
  readonly dnsSearches: readonly string[]
  /** A name server before the host's, where none was asked for. */
  readonly forwarder?: string
  /** Files of the container whose network namespace this one shares: used as they are. */
  readonly shared?: {readonly hosts?: string; readonly resolvConf?: string}
}

export interface FilesContext {
  /** Per-boot directory of the container; must exist. */
  readonly directory: string
  readonly rootfs: string
  readonly network: NetworkFacts
  /** For /run/.containerenv, e.g. `berth-0.1.0`. */
  readonly engine: string
  readonly rootless: boolean
  readonly image?: {readonly name: string; readonly id: string}
}
