import {scratchPath} from '../share/rootfs.ts'
import {openSandbox} from './live-sandbox.ts'
import {lockContainer} from './locked-container.ts'
import type {VmServices} from './services.ts'

/**
 * Freezes or thaws the scratch disk of a container: frozen, what was written is in the host's page cache and the file system
 * is clean. A root file system that is a directory of the host needs none of this.
 */
export async function freezeRootfs(
  services: VmServices,
  id: string,
  op: 'freeze-filesystems' | 'thaw-filesystems',
): Promise<void> {
  using container = await lockContainer(services, id)
  const target = scratchPath(container.record.annotations, id)
  if (target === undefined || container.status === 'stopped') return
  using sandbox = await openSandbox(services, container.record.sandbox)
  await sandbox.agent.request(op, {targets: [target]})
}
