import {closeSync, openSync} from 'node:fs'
import {connect, type Socket} from 'node:net'
import {basename, dirname} from 'node:path'
import {EngineError} from '../errors/index.ts'

/**
 * Connects to a Unix socket whose path may be longer than the 107 bytes that an address holds: the directory is opened
 * and the address goes through its descriptor.
 * @throws ERR_VM_GONE when there is no socket or nobody listens
 */
export async function connectUnix(path: string): Promise<Socket> {
  let directory: number
  try {
    directory = openSync(dirname(path), 'r')
  } catch (cause) {
    throw new EngineError('ERR_VM_GONE', path, {cause})
  }
  try {
    return await connected(connect(`/proc/self/fd/${directory}/${basename(path)}`))
  } catch (cause) {
    throw new EngineError('ERR_VM_GONE', path, {cause})
  } finally {
    closeSync(directory)
  }
}

function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}
