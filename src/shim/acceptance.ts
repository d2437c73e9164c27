import {readdirSync, readlinkSync} from 'node:fs'
import {setTimeout as delay} from 'node:timers/promises'
import {isErrno} from '../errors/index.ts'

const LOOK_EVERY_MS = 1
/** A shim that hangs must not take us with it. */
const LIMIT_MS = 10_000

/**
 * Tells when a shim has taken a connection; made before the connection is. conmon asks what is ready, and a moment later
 * looks for children that have ended: a process that was started and has ended in that moment makes it stop without a
 * look at who waits at its socket, and nobody gets what the process wrote.
 */
export class Acceptance {
  readonly #shimPid: number
  readonly #before: ReadonlySet<string>

  constructor(shimPid: number) {
    this.#shimPid = shimPid
    this.#before = new Set(openSockets(shimPid))
  }

  /** Waits until the shim has another socket, or is gone. */
  async done(): Promise<void> {
    const deadline = Date.now() + LIMIT_MS
    for (;;) {
      const sockets = openSockets(this.#shimPid)
      if (!sockets || sockets.some((socket) => !this.#before.has(socket)) || Date.now() > deadline) return
      await delay(LOOK_EVERY_MS)
    }
  }
}

/** Undefined when there is no such process, or it is not ours to look into. */
function openSockets(pid: number): string[] | undefined {
  const directory = `/proc/${pid}/fd`
  return unlessGone(() =>
    readdirSync(directory).flatMap((name) => {
      const target = unlessGone(() => readlinkSync(`${directory}/${name}`))
      return target?.startsWith('socket:') ? [target] : []
    }),
  )
}

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH', 'EACCES')) return undefined
    throw error
  }
}
