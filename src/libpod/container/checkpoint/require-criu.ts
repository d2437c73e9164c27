import {EngineError} from '../../../errors/index.ts'
import {findProgram, runQuick} from '../../../host/index.ts'
import type {HeldContainer} from '../held-container.ts'

/** @throws ERR_NOT_SUPPORTED where criu is not installed, or the OCI runtime has no use for it */
export async function requireCriu(held: HeldContainer): Promise<void> {
  const {name} = held.ociRuntime
  if (!(await held.ociRuntime.supportsCheckpoint()))
    throw new EngineError('ERR_NOT_SUPPORTED', `configured runtime ${name} does not support checkpoint/restore`)
  criu()
}

/** That criu can tell what has changed since a pre-checkpoint. @throws ERR_REFUSED */
export async function requireMemoryTracking(): Promise<void> {
  const {exitCode} = await runQuick(criu(), ['check', '--feature', 'mem_dirty_track'], {stdout: true})
  if (exitCode !== 0)
    throw new EngineError('ERR_REFUSED', 'system (architecture/kernel/CRIU) does not support memory tracking')
}

/** `Version: 4.2` as 40200. */
export async function criuVersion(): Promise<number> {
  const {stdout} = await runQuick(criu(), ['--version'], {stdout: true})
  const [, major = 0, minor = 0, patch = 0] = /Version: (\d+)\.(\d+)(?:\.(\d+))?/.exec(stdout) ?? []
  return Number(major) * 10_000 + Number(minor) * 100 + Number(patch)
}

function criu(): string {
  const path = findProgram(['criu', '/usr/sbin/criu'])
  if (!path)
    throw new EngineError('ERR_NOT_SUPPORTED', 'checkpoint/restore needs the program criu, which is not installed')
  return path
}
