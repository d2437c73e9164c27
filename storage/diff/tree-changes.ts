import type {DiffEntry} from '../layer-store.ts'
import {findChanges} from './changes.ts'

/** What a whole tree changes against another, as `containerLayerDiff` tells it; all of it is added without another. */
export function treeChanges(tree: string, below?: string): DiffEntry[] {
  const changes = findChanges({upper: tree, lowers: below === undefined ? [] : [below], form: 'applied'})
  return changes.map(({path, kind}) => ({path: `/${Buffer.from(path, 'latin1').toString('utf8')}`, kind}))
}
