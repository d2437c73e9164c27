import {realpath, stat} from 'node:fs/promises'
import {basename} from 'node:path'
import type {Readable, Writable} from 'node:stream'
import {isErrno} from '../../errors/index.ts'
import {packTree} from './pack-tree.ts'
import type {PathFacts, Side} from './side.ts'
import {unpackTree} from './unpack-tree.ts'

/** The file system of the host. What is written belongs to who runs the command; devices are left out. */
export class HostSide implements Side {
  readonly label = 'the host'

  async stat(path: string): Promise<PathFacts | undefined> {
    try {
      const real = await realpath(path)
      return {path: real, name: basename(real) || '/', isDirectory: (await stat(real)).isDirectory()}
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
      throw error
    }
  }

  async resolve(path: string): Promise<string> {
    return path
  }

  async read({path}: PathFacts, rootName: string, target: Writable): Promise<void> {
    await packTree(path, rootName, target)
  }

  async write(directory: string, source: Readable, strict: boolean): Promise<void> {
    await unpackTree(directory, source, strict)
  }
}
