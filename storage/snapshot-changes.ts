import {type Change, findChanges} from './diff/changes.ts'
import type {Snapshotter} from './snapshotter.ts'

/**
 * What a snapshot changes in the one it lies on.
 *
 * @param upper where its content is at the moment
 */
export function snapshotChanges(snapshots: Snapshotter, {parent}: {readonly parent?: string}, upper: string): Change[] {
  const lowers = parent === undefined ? [] : [snapshots.upperPath(parent), ...snapshots.lowerPaths(parent)]
  return findChanges({upper, lowers, form: snapshots.whiteouts})
}
