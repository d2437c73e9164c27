import type {Readable, Writable} from 'node:stream'

export interface AttachStreams {
  /** Read until it ends; its end closes the process's stdin (when the container was made so). Not read when absent. */
  readonly stdin?: Readable
  readonly stdout?: Writable
  readonly stderr?: Writable
}

export interface AttachOptions extends AttachStreams {
  /** As podman writes them, e.g. `ctrl-p,ctrl-q`; empty turns detaching off; undefined takes the configured ones. */
  readonly detachKeys?: string
  /** The terminal's size at the start. */
  readonly size?: TerminalSize
}

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** A connection to a process's stdio. */
export interface AttachSession {
  /** `ended`: the process closed its output; `detached`: the detach keys were typed or `detach` was called. */
  readonly ended: Promise<'ended' | 'detached'>
  resize(size: TerminalSize): void
  /** Ends the connection, not the process. */
  detach(): void
}

/** A connection to an exec session's process. */
export interface ExecAttachSession extends AttachSession {
  readonly id: string
  /** Exit code once ended; undefined when detached before. The session's record is gone after `exec`. */
  readonly exitCode: Promise<number | undefined>
}
