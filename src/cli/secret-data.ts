import {fstatSync, readFileSync} from 'node:fs'
import {buffer} from 'node:stream/consumers'
import {EngineError, isErrno} from '../errors/index.ts'

/** The bytes of a new secret: a file's, stdin's (`-`) or an environment variable's. @throws ERR_REFUSED */
export async function readSecretData(source: string, fromEnvironment: boolean): Promise<Uint8Array> {
  if (fromEnvironment) return Buffer.from(variable(source))
  if (source === '-') return readStdin()
  try {
    return readFileSync(source)
  } catch (cause) {
    if (isErrno(cause, 'EISDIR')) throw new EngineError('ERR_REFUSED', `read ${source}: is a directory`, {cause})
    if (!isErrno(cause, 'ENOENT')) throw cause
    throw new EngineError('ERR_REFUSED', `open ${source}: no such file or directory`, {cause})
  }
}

async function readStdin(): Promise<Uint8Array> {
  if (fstatSync(0).isCharacterDevice())
    throw new EngineError('ERR_REFUSED', 'if `-` is used, data must be passed into stdin')
  return buffer(process.stdin)
}

function variable(name: string): string {
  const value = process.env[name]
  if (value === undefined)
    throw new EngineError('ERR_REFUSED', `cannot create store secret data: environment variable ${name} is not set`)
  return value
}
