import {Readable} from 'node:stream'
import {findChanges} from './changes.ts'
import {createTar} from './create-tar.ts'

/** A whole directory tree as a tar, as `export` gives it: owners, xattrs, devices, hard links and holes kept. */
export function tarTree(root: string): Readable {
  return Readable.from(createTar(root, findChanges({upper: root, lowers: [], form: 'applied'})))
}
