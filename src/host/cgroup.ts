import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {isErrno} from '../errors/index.ts'

/** A mounted cgroup tree. Version 2 has one for all controllers; `controllers` is empty then. */
export interface CgroupHierarchy {
  readonly version: 1 | 2
  readonly mountPoint: string
  readonly controllers: readonly string[]
}

const CONTROLLERS = new Set(
  [
    'cpu',
    'cpuacct',
    'cpuset',
    'memory',
    'devices',
    'freezer',
    'blkio',
    'pids',
    'net_cls',
    'net_prio',
    'perf_event',
  ].concat(['hugetlb', 'rdma', 'misc']),
)

/** The trees that processes are sorted by here: those of version 1 when any is mounted, else the one of version 2. */
export function cgroupHierarchies(): readonly CgroupHierarchy[] {
  const all = mountedCgroupTrees()
  const first = all.filter(({version}) => version === 1)
  return first.length > 0 ? first : all.slice(0, 1)
}

/**
 * Every tree that is mounted, once: containers and machines may show one again elsewhere, or a part of it. OCI runtimes
 * make their cgroups in the one of version 2 too where it stands beside others.
 */
export function mountedCgroupTrees(
  mountinfo = readFileSync('/proc/self/mountinfo', 'utf8'),
): readonly CgroupHierarchy[] {
  const trees = new Map<string, CgroupHierarchy>()
  for (const line of mountinfo.split('\n')) {
    const tree = parseHierarchy(line)
    if (!tree) continue
    const name = `${tree.version} ${tree.controllers.join()}`
    if (!trees.has(name)) trees.set(name, tree)
  }
  return [...trees.values()]
}

/** Where a process is in each tree: by controller, or by '' in the tree of version 2. @see cgroups(7), /proc/pid/cgroup */
export function cgroupPathsOf(pid: number | 'self'): ReadonlyMap<string, string> {
  const paths = new Map<string, string>()
  for (const line of readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n')) {
    const [, names = '', ...path] = line.split(':')
    for (const name of names.split(',')) paths.set(name.replace(/^name=/, ''), path.join(':'))
  }
  return paths
}

/** Puts a process into the cgroup `path` of a tree, made when missing. The kernel takes some milliseconds for it. */
export async function enterCgroup(hierarchy: CgroupHierarchy, path: string, pid: number): Promise<void> {
  const directory = join(hierarchy.mountPoint, path)
  mkdirSync(directory, {recursive: true, mode: 0o755})
  if (hierarchy.controllers.includes('cpuset')) inheritCpuset(hierarchy.mountPoint, path)
  await writeFile(join(directory, 'cgroup.procs'), `${pid}\n`)
}

/** In version 1 a new cpuset has no CPU and takes no process until it gets some. */
function inheritCpuset(root: string, path: string): void {
  let directory = root
  for (const name of path.split('/').filter((part) => part !== '')) {
    const parent = directory
    directory = join(directory, name)
    for (const file of ['cpuset.cpus', 'cpuset.mems'])
      if (readFileSync(join(directory, file), 'latin1').trim() === '') copy(join(parent, file), join(directory, file))
  }
}

function copy(from: string, to: string): void {
  try {
    writeFileSync(to, readFileSync(from))
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EINVAL')) throw error
  }
}

/** @see proc(5), /proc/pid/mountinfo: after ` - ` come type, source and the super block's options */
function parseHierarchy(line: string): CgroupHierarchy | undefined {
  const [place = '', superBlock = ''] = line.split(' - ')
  const [type, , options = ''] = superBlock.split(' ')
  const mountPoint = place.split(' ')[4] ?? ''
  if (type === 'cgroup2') return {version: 2, mountPoint, controllers: []}
  if (type !== 'cgroup') return undefined
  const words = options.split(',')
  const named = words.flatMap((word) => (word.startsWith('name=') ? [word.slice(5)] : []))
  return {version: 1, mountPoint, controllers: [...words.filter((word) => CONTROLLERS.has(word)), ...named]}
}
