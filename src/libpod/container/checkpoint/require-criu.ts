import {EngineError} from '../../../errors/index.ts'
import {findProgram} from '../../../host/index.ts'
import type {HeldContainer} from '../held-container.ts'

/** @throws ERR_NOT_SUPPORTED where criu is not installed, or the OCI runtime has no use for it */
export async function requireCriu(held: HeldContainer): Promise<void> {
  const {name} = held.ociRuntime
  if (!(await held.ociRuntime.supportsCheckpoint()))
    throw new EngineError('ERR_NOT_SUPPORTED', `configured runtime ${name} does not support checkpoint/restore`)
  if (!findProgram(['criu', '/usr/sbin/criu']))
    throw new EngineError('ERR_NOT_SUPPORTED', 'checkpoint/restore needs the program criu, which is not installed')
}

/** What is not done yet is refused before anything happens. */
export function refuse(options: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  for (const name of names)
    if (options[name] !== undefined && options[name] !== false)
      throw new EngineError('ERR_NOT_SUPPORTED', `checkpoint option ${name}`)
}
