import {closeSync, constants, openSync} from 'node:fs'
import {resolve} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import type {ParsedOptions} from './options.ts'

/** The absolute path of `--console-socket`. Refuses descriptors that were to be passed on. */
export function requireConsole(options: ParsedOptions): string | undefined {
  if ((options.integer('preserve-fds') ?? 0) !== 0)
    throw new EngineError('ERR_NOT_SUPPORTED', '--preserve-fds: passing descriptors into a virtual machine')
  const socket = options.value('console-socket')
  return socket === undefined ? undefined : resolve(socket)
}

/** Calls `action` with the descriptors of the new process: ours, or the terminal of `--console`. */
export async function withStdio<T>(
  options: ParsedOptions,
  action: (stdio: readonly [number, number, number]) => Promise<T>,
): Promise<T> {
  const path = options.value('console')
  if (path === undefined) return action([0, 1, 2])
  const terminal = openSync(path, constants.O_RDWR | constants.O_NOCTTY)
  try {
    return await action([terminal, terminal, terminal])
  } finally {
    closeSync(terminal)
  }
}
