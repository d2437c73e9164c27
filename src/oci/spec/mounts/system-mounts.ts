import type {Mount} from '../../types/runtime-spec.ts'
import {isCgroupV2} from '../cgroup-path.ts'
import type {IDMap, SpecTemplate} from '../spec-template.ts'

/** Of the group `tty`, which owns terminals on every Linux. */
const TTY_GID = 5
const SAFE = ['nosuid', 'noexec', 'nodev']

/** The file systems that every container has: /proc, /dev and below, /sys, cgroups. */
export function systemMounts(template: SpecTemplate, ownsNetwork: boolean): Mount[] {
  const {security, namespaces} = template
  const newUser = namespaces.user.mode !== 'host'
  return [
    procMount(template),
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'noexec', 'strictatime', 'mode=755', 'size=65536k'],
    },
    sysMount(template, ownsNetwork),
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', ...ttyGroup(template)],
    },
    newUser && namespaces.ipc.mode === 'host'
      ? {destination: '/dev/mqueue', type: 'bind', source: '/dev/mqueue', options: ['bind', ...SAFE]}
      : {destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: [...SAFE]},
    ...cgroupMounts(template, security.cgroupWritable, ownsNetwork),
  ]
}

/** A group that the user namespace has no number for cannot own a terminal. */
function ttyGroup({namespaces: {user}}: SpecTemplate): string[] {
  const isMapped = ({containerID, size}: IDMap) => containerID <= TTY_GID && TTY_GID < containerID + size
  return user.gidMap.length === 0 || user.gidMap.some(isMapped) ? [`gid=${TTY_GID}`] : []
}

/** Only the owner of a pid namespace may mount its /proc: a new user namespace on the host's pids binds it instead. */
function procMount({namespaces, security}: SpecTemplate): Mount {
  const options = [...SAFE, ...security.procOptions]
  if (namespaces.user.mode === 'host' || namespaces.pid.mode !== 'host') {
    return {destination: '/proc', type: 'proc', source: 'proc', options}
  }
  return {destination: '/proc', type: 'bind', source: '/proc', options: ['rbind', ...options]}
}

/** The same holds for /sys and the network namespace, which the host owns also when the engine made it. */
function sysMount({namespaces, security}: SpecTemplate, ownsNetwork: boolean): Mount {
  const access = security.privileged ? 'rw' : 'ro'
  if (namespaces.user.mode === 'host' || ownsNetwork) {
    return {destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...SAFE, access]}
  }
  return {destination: '/sys', type: 'bind', source: '/sys', options: ['rprivate', ...SAFE, access, 'rbind']}
}

/** A bound /sys brings its cgroups along. */
function cgroupMounts({cgroup, process, namespaces}: SpecTemplate, writable: boolean, ownsNetwork: boolean): Mount[] {
  if (cgroup.mode === 'disabled' || (namespaces.user.mode !== 'host' && !ownsNetwork)) return []
  const mount = (access: string): Mount => ({
    destination: '/sys/fs/cgroup',
    type: 'cgroup',
    source: 'cgroup',
    options: ['rprivate', ...SAFE, 'relatime', access],
  })
  if (!process.systemd) return [mount(writable ? 'rw' : 'ro')]
  if (isCgroupV2()) return [mount('rw')]
  return [
    mount(writable ? 'rw' : 'ro'),
    {
      destination: '/sys/fs/cgroup/systemd',
      type: 'bind',
      source: '/sys/fs/cgroup/systemd',
      options: ['bind', 'nodev', 'noexec', 'nosuid', 'rprivate'],
    },
  ]
}
