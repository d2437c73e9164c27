import type {ProcessIdentity} from '../../host/index.ts'

/** What an exec session runs, decided when it is created. */
export interface ExecConfig {
  readonly command: readonly string[]
  readonly terminal: boolean
  readonly attachStdin: boolean
  readonly attachStdout: boolean
  readonly attachStderr: boolean
  readonly detachKeys?: string
  /** `name=value`; added to the container's. */
  readonly env: readonly string[]
  readonly privileged: boolean
  readonly user?: string
  readonly workdir?: string
  /** Descriptors above 2 handed on, counted from 3. */
  readonly preserveFDs?: number
  /** Exactly these descriptors handed on, keeping their numbers. */
  readonly preserveFD?: readonly number[]
  readonly capAdd?: readonly string[]
  readonly noSession?: boolean
}

/** Holds only what is there: a session that has not started has no process, one that ended has an exit code. */
export type ExecState =
  | {readonly status: 'created'}
  | {readonly status: 'running'; readonly pid: number; readonly process: ProcessIdentity; readonly shimPid: number}
  | {readonly status: 'stopped'; readonly exitCode: number}

/** An exec session, kept per boot. */
export interface ExecSession {
  readonly version: number
  readonly id: string
  readonly containerID: string
  readonly createdAt: string
  readonly config: ExecConfig
  readonly state: ExecState
}
