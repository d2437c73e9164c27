import {mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {identifyProcess, isAlive} from '../host/index.ts'
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
  for (const container of runtime.containers.list())
    if (isAbandoned((container.config.labels[LABEL] ?? '').split(' ')))
      await container.remove({force: true, volumes: true, timeoutSeconds: 0, depend: true})
  for (const name of readdirSync(tmpdir()))
    if (name.startsWith(SCRATCH) && isAbandoned(name.slice(SCRATCH.length).split('-')))
      rmSync(join(tmpdir(), name), {recursive: true, force: true})
}

function isAbandoned(identity: readonly string[]): boolean {
  const [pid, startTicks] = identity.map(Number)
  return !!pid && startTicks !== undefined && !isAlive({pid, startTicks})
}
