import {existsSync} from 'node:fs'
import type {MachineConfig} from '../hypervisor.ts'

/** Of util-linux. */
const SETPRIV = '/usr/bin/setpriv'

/** What serving files as they are on the host takes: owners, modes, devices, file capabilities. */
const fileRights = ['chown', 'dac_override', 'fowner', 'fsetid', 'mknod', 'setfcap']

/**
 * QEMU with only the rights of root that its work takes, and no way to more: it cannot mount, load modules, trace, reboot or
 * set up networks, whatever a guest makes of it; with virtiofs it has none at all. Its files, disks and taps are open to it
 * because they belong to its user.
 */
export function confined(program: string, args: readonly string[], {share}: MachineConfig): [string, string[]] {
  if (process.getuid?.() !== 0 || !existsSync(SETPRIV)) return [program, [...args]]
  const rights = share.kind === '9p' ? fileRights : []
  const bounding = ['-all', ...rights.map((right) => `+${right}`)].join(',')
  return [SETPRIV, ['--no-new-privs', `--bounding-set=${bounding}`, '--inh-caps=-all', program, ...args]]
}
