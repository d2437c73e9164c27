import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {runCommand} from './command.ts'
import {mountsBelow} from './leaks.ts'

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string
}

/**
 * A directory that goes when the scope ends, with what is mounted below it: `await using directory = temporaryDirectory()`.
 * Its path is short: sockets below it must stay within 108 bytes.
 */
export function temporaryDirectory(): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), 'bt-'))
  return {path, [Symbol.asyncDispose]: () => removeTree(path)}
}

export async function removeTree(path: string): Promise<void> {
  for (const mount of mountsBelow(path)) await runCommand('umount', ['-l', mount])
  rmSync(path, {recursive: true, force: true})
}
