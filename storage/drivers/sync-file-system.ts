import {closeSync, openSync} from 'node:fs'
import {syscallAsync} from '../../src/host/index.ts'

/** Flushes the file system that holds `path`: one call for a whole extracted tree instead of one per file. */
export async function syncFileSystem(path: string): Promise<void> {
  const descriptor = openSync(path, 'r')
  try {
    await syscallAsync('int syncfs(int fd)', descriptor)
  } finally {
    closeSync(descriptor)
  }
}
