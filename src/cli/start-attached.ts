import type {Container} from '../libpod/container.ts'
import {connectStdio} from './terminal/connect-stdio.ts'

export interface AttachChoice {
  readonly stdin: boolean
  /** Default true, both. */
  readonly stdout?: boolean
  readonly stderr?: boolean
  readonly detachKeys?: string
  readonly signalProxy: boolean
  /** Descriptors of this process that the container's gets, from 3 on. */
  readonly preserveFDs?: readonly number[]
}

/**
 * Starts a container in the foreground, connected to this process's stdio, and stays to its end (`run`, `start --attach`); one
 * that runs already is attached to. Returns its exit code, 0 when it was detached from.
 */
export async function startAttached(container: Container, choice: AttachChoice): Promise<number> {
  let started = true
  const {outcome} = await connectStdio(stdioOf(container, choice), async (attach) => {
    const session = await container.start({attach, foreground: true, preserveFDs: choice.preserveFDs})
    if (session) return session
    started = false
    return container.attach(attach)
  })
  if (!started) return outcome === 'detached' ? 0 : container.wait()
  if (outcome === 'ended') return container.finish()
  container.leave()
  return 0
}

/** Connects to a running container until it ends or is detached from (`attach`): who looks on has no exit code of its own. */
export async function attachTo(container: Container, choice: AttachChoice): Promise<void> {
  const {outcome} = await connectStdio(stdioOf(container, choice), (attach) => container.attach(attach))
  if (outcome === 'ended') await container.wait()
}

function stdioOf(container: Container, choice: AttachChoice) {
  const {stdin, stdout, stderr, detachKeys, signalProxy} = choice
  return {
    ...{terminal: container.config.process.terminal, stdin: stdin && container.config.stdinOpen},
    ...{stdout, stderr, detachKeys},
    ...(signalProxy && {deliver: (signal: number) => container.kill(signal)}),
  }
}
