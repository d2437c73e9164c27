/** What the guest's agent is asked to do. @see docs/agent-protocol.md, section 4 */
export interface Agent extends Disposable {
  /** @throws ERR_AGENT with the agent's message, ERR_AGENT_TIMEOUT, ERR_AGENT_PROTOCOL, ERR_VM_GONE */
  request(op: string, fields?: Readonly<Record<string, unknown>>, options?: RequestOptions): Promise<AgentAnswer>
  /** Subscribes and calls `listener` for each event. */
  events(listener: (event: Readonly<Record<string, unknown>>) => void): Promise<void>
  /** Resolves when the connection ends. */
  readonly closed: Promise<void>
}

export interface RequestOptions {
  /** Bytes that follow the JSON. */
  readonly tail?: string | Uint8Array
  /** Milliseconds; 0 waits without limit. */
  readonly timeoutMs?: number
}

export interface AgentAnswer {
  readonly ok: Readonly<Record<string, unknown>>
  readonly tail: Buffer
}

export interface GuestMount {
  readonly type: string
  readonly source?: string
  readonly target: string
  readonly options?: readonly string[]
  readonly create?: 'directory' | 'file'
}

export interface GuestLink {
  readonly mac: string
  readonly name: string
  readonly mtu?: number
  readonly addresses: readonly string[]
  readonly noArp?: boolean
}

export interface GuestRoute {
  readonly destination?: string
  readonly gateway?: string
  readonly link: string
  readonly source?: string
  readonly metric?: number
  readonly scope?: 'global' | 'link'
  readonly family?: 4 | 6
}

export interface GuestNetwork {
  readonly links: readonly GuestLink[]
  readonly routes: readonly GuestRoute[]
  readonly neighbours?: readonly {readonly address: string; readonly mac: string; readonly link: string}[]
}
