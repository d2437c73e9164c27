import {lstatSync, readdirSync, rmdirSync, unlinkSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../errors/index.ts'

/**
 * Removes a tree in which others may be at work: what has gone by itself is no failure, nor is a place that cannot go for one of
 * the `tolerated` reasons; all else goes. Node's own removal stops there, and does not say why.
 * @param spare what is left as it is, with all below it
 */
export function removeTree(
  path: string,
  tolerated: readonly string[],
  spare: (path: string) => boolean = () => false,
): void {
  if (spare(path)) return
  try {
    if (lstatSync(path).isDirectory()) {
      for (const name of readdirSync(path)) removeTree(join(path, name), tolerated, spare)
      rmdirSync(path)
    } else unlinkSync(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT', ...tolerated)) throw error
  }
}
