import {mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {hasCode} from '../errors/index.ts'
import {identifyProcess, isAlive} from '../host/index.ts'
import type {Container} from '../libpod/container.ts'
import type {Runtime} from '../libpod/runtime.ts'

/** Names the process that a container belongs to. */
const LABEL = 'io.berth.build'
const SCRATCH = 'berth-run-'

/** For a container that must not outlive this build, unless it may be kept: then it is only told to be of a build. */
export function workingLabels(mayStay = false): Readonly<Record<string, string>> {
  const self = identifyProcess(process.pid)
  return {[LABEL]: mayStay ? '' : `${self?.pid} ${self?.startTicks}`}
}

/** A directory for the files of one step; its name says whose it is. */
export function makeScratch(): string {
  const self = identifyProcess(process.pid)
  return mkdtempSync(join(tmpdir(), `${SCRATCH}${self?.pid}-${self?.startTicks}-`))
}

/** Removes what builds left that were killed: containers of their steps, also running ones, and files given to those. */
export async function removeLeftovers(runtime: Runtime): Promise<void> {
  for (const container of runtime.containers.list()) await removeAbandoned(container)
  for (const name of readdirSync(tmpdir()))
    if (name.startsWith(SCRATCH) && isAbandoned(name.slice(SCRATCH.length).split('-')))
      rmSync(join(tmpdir(), name), {recursive: true, force: true})
}

/** Gone already is success: a machine takes the steps in it along, and another build may clean up too. */
async function removeAbandoned(container: Container): Promise<void> {
  try {
    if (!isAbandoned((container.config.labels[LABEL] ?? '').split(' '))) return
    await container.remove({force: true, volumes: true, timeoutSeconds: 0, depend: true})
  } catch (error) {
    if (!hasCode(error, 'ERR_NO_SUCH_CTR')) throw error
  }
}

function isAbandoned(identity: readonly string[]): boolean {
  const [pid, startTicks] = identity.map(Number)
  return !!pid && startTicks !== undefined && !isAlive({pid, startTicks})
}
