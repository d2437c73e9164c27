import {cgroupHierarchies, cgroupPathsOf, enterCgroup, run} from '../host/index.ts'
import type {ShimCgroup} from './shim.ts'

/**
 * Moves the shim out of its starter's cgroup, so that it does not end with the session or the service that started it. One
 * that is in the root of a tree is safe there. A host that does not allow it is no reason to fail: the container runs.
 */
export async function enterShimCgroup(pid: number, cgroup: ShimCgroup | undefined): Promise<void> {
  if (!cgroup) return
  if (cgroup.manager === 'systemd') return enterScope(pid, cgroup).catch(() => {})
  const paths = cgroupPathsOf('self')
  for (const hierarchy of cgroupHierarchies()) {
    const ours = paths.get(hierarchy.controllers[0] ?? '') ?? '/'
    if (ours === '/' || ours === cgroup.path) continue
    try {
      await enterCgroup(hierarchy, cgroup.path, pid)
    } catch {
      // Read-only or not ours: see above.
    }
  }
}

/** Asks systemd for a scope of its own. */
async function enterScope(pid: number, {slice, unit}: ShimCgroup & {manager: 'systemd'}): Promise<void> {
  const manager = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager']
  const properties = ['2', 'PIDs', 'au', '1', String(pid), 'Slice', 's', slice]
  await run('busctl', ['call', ...manager, 'StartTransientUnit', 'ssa(sv)a(sa(sv))', unit, 'fail', ...properties, '0'])
}
