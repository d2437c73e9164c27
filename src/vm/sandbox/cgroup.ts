import {existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {EngineError, isErrno} from '../../errors/index.ts'

interface Hierarchy {
  /** `unified` for v2, else the controllers of a v1 hierarchy (`cpu,cpuacct`, `name=systemd`). */
  readonly controllers: readonly string[]
  readonly mountPoint: string
}

/**
 * The directories, one in every hierarchy, of the cgroup that config.json names. Absolute paths start at the hierarchies'
 * roots, others at our own cgroup.
 * @see runtime-spec config-linux.md, Cgroups Path
 */
export function cgroupDirectories(cgroupsPath: string | undefined, defaultName: string, systemd: boolean): string[] {
  const path = resolvePath(cgroupsPath, defaultName, systemd)
  return hierarchies().map((hierarchy) => directoryIn(hierarchy, path))
}

/** Makes them. They are on record by then: a create that dies here leaves nothing that nobody knows of. */
export function createCgroups(directories: readonly string[]): void {
  for (const hierarchy of hierarchies())
    for (const directory of directories)
      if (directory.startsWith(`${hierarchy.mountPoint}/`)) createOne(hierarchy, directory)
}

function directoryIn(hierarchy: Hierarchy, path: string): string {
  return join(hierarchy.mountPoint, path.startsWith('/') ? path : join(ownPath(hierarchy), path))
}

function resolvePath(path: string | undefined, defaultName: string, systemd: boolean): string {
  if (!systemd) return path || `/berth-vm/${defaultName}`
  // As sd_booted(3) and runc find out.
  if (!existsSync('/run/systemd/system'))
    throw new EngineError('ERR_REFUSED', 'systemd not running on this host, cannot use systemd cgroups manager')
  return systemdPath(path || `system.slice:berth-vm:${defaultName}`)
}

/**
 * `machine.slice:libpod:ID` is `/machine.slice/libpod-ID.scope`; each dash of a slice's name is one level of slices. We make
 * the directory ourselves: systemd leaves alone what it did not make, and needs no transient unit to be asked for.
 * @throws ERR_INVALID_ARG
 * @see systemd.slice(5)
 */
export function systemdPath(path: string): string {
  const [slice, prefix, name, ...rest] = path.split(':')
  if (slice === undefined || prefix === undefined || !name || rest.length > 0)
    throw new EngineError('ERR_INVALID_ARG', `cgroupsPath ${path} is not of the form slice:prefix:name`)
  const parts = (slice || 'system.slice').replace(/\.slice$/, '').split('-')
  const levels = parts[0] === '' ? [] : parts.map((_, depth) => `${parts.slice(0, depth + 1).join('-')}.slice`)
  const unit = name.endsWith('.slice') ? name : `${prefix === '' ? '' : `${prefix}-`}${name}.scope`
  return `/${[...levels, unit].join('/')}`
}

/** Moves processes with all their threads. One that ended meanwhile is success. */
export function joinCgroups(directories: readonly string[], ...pids: readonly number[]): void {
  for (const directory of directories) for (const pid of pids) joinOne(directory, pid)
}

function joinOne(directory: string, pid: number): void {
  try {
    writeFileSync(join(directory, 'cgroup.procs'), String(pid))
  } catch (cause) {
    if (isErrno(cause, 'ESRCH')) return
    throw new EngineError('ERR_SYSCALL', `cgroup ${directory}: ${(cause as Error).message}`, {cause})
  }
}

const REMOVAL_DEADLINE_MS = 2000

/**
 * Removes them with what lies below. The threads of a process that was killed leave one after the other, so a busy one is
 * tried again for a while; one that others use is left.
 */
export async function removeCgroups(directories: readonly string[]): Promise<void> {
  const deadline = Date.now() + REMOVAL_DEADLINE_MS
  for (const directory of directories)
    while (!removeTree(directory) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** False when something in it is in use. */
function removeTree(directory: string): boolean {
  try {
    for (const entry of readdirSync(directory, {withFileTypes: true}))
      if (entry.isDirectory()) removeTree(join(directory, entry.name))
    rmdirSync(directory)
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EBUSY', 'ENODEV')) throw error
    return !isErrno(error, 'EBUSY')
  }
  return true
}

function createOne(hierarchy: Hierarchy, directory: string): void {
  try {
    mkdirSync(directory, {recursive: true, mode: 0o755})
  } catch (cause) {
    throw new EngineError('ERR_SYSCALL', `cgroup ${directory}: ${(cause as Error).message}`, {cause})
  }
  if (hierarchy.controllers.includes('cpuset')) inheritCpuset(directory, hierarchy.mountPoint)
}

/** A v1 cpuset starts without CPUs and memory nodes, and no process can join it then. */
function inheritCpuset(directory: string, root: string): void {
  if (directory === root) return
  inheritCpuset(dirname(directory), root)
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const path = join(directory, file)
    if (readFileSync(path, 'utf8').trim() === '') writeFileSync(path, readFileSync(join(dirname(directory), file)))
  }
}

/** v1 hierarchies when there are any; a v2 tree beside them has no controllers and counts only when alone. */
function hierarchies(): Hierarchy[] {
  const all = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').flatMap(parseMount)
  const v1 = all.filter(({controllers}) => !controllers.includes('unified'))
  return v1.length > 0 ? v1 : all.slice(0, 1)
}

/** @see proc(5), /proc/pid/mountinfo: type and super options follow the lone dash */
function parseMount(line: string): Hierarchy[] {
  const [place = '', filesystem = ''] = line.split(' - ')
  const [type, , options = ''] = filesystem.split(' ')
  const mountPoint = place.split(' ')[4] ?? ''
  if (type === 'cgroup2') return [{controllers: ['unified'], mountPoint}]
  if (type !== 'cgroup') return []
  return [
    {controllers: options.split(',').filter((option) => !/^(rw|ro|xattr|clone_children)$/.test(option)), mountPoint},
  ]
}

function ownPath({controllers}: Hierarchy): string {
  const line = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .map((entry) => entry.split(':'))
    .find(([, names = '']) =>
      controllers.includes('unified') ? names === '' : controllers.includes(names.split(',')[0] ?? ''),
    )
  return line?.slice(2).join(':') ?? '/'
}

/** True when cgroups of this kind of host are v2 throughout. */
export function isUnified(directory: string): boolean {
  return existsSync(join(directory, 'cgroup.controllers'))
}
