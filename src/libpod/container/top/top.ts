import {readFileSync} from 'node:fs'
import {EngineError, isErrno} from '../../../errors/index.ts'
import {accountNames, resolveInRoot} from '../../../host/index.ts'
import type {TopResult} from '../../define/verb-options.ts'
import type {Engine} from '../../engine.ts'
import {CappedOutput} from '../exec/capped-output.ts'
import {execContainer} from '../exec/start-exec.ts'
import {isOneOf} from '../held-container.ts'
import {standsForGuest} from '../stands-for-guest.ts'
import {withContainer} from '../with-container.ts'
import {columnsOf, defaultDescriptors, readUptimeNs, type TopColumn, type TopContext} from './columns.ts'
import {type ProcessInfo, processesInNamespaceOf} from './read-process.ts'
import {guestContext, processesOfRuntime} from './runtime-processes.ts'

/**
 * The processes of a running container, told from outside through /proc. When a descriptor is no column, ps(1) inside the
 * container is asked with all of them as its options.
 * @throws ERR_REFUSED unless running or paused
 */
export async function topContainer(engine: Engine, id: string, descriptors: readonly string[]): Promise<TopResult> {
  const columns = columnsOf(descriptors.length > 0 ? descriptors : defaultDescriptors)
  const {pid, isGuest} = await withContainer(engine, id, (held) => {
    const {state} = held
    if (!isOneOf(state, ['running', 'paused']))
      throw new EngineError('ERR_REFUSED', 'top can only be used on running containers')
    return {pid: state.pid, isGuest: standsForGuest(state.pid)}
  })
  if (!columns) return fromInside(engine, id, descriptors)
  return isGuest ? fromRuntime(engine, id, columns) : fromOutside(pid, columns)
}

async function fromRuntime(engine: Engine, id: string, columns: readonly TopColumn[]): Promise<TopResult> {
  const told = await engine.ociRuntime(engine.state.config(id).runtime).processes(id)
  const uptimeNs = readUptimeNs()
  const root = engine.state.run(id).mountPoint ?? '/nonexistent'
  const context = guestContext({...emptyContext(root), uptimeNs}, told)
  const rows = processesOfRuntime(told, uptimeNs).map((process) => columns.map(({value}) => value(process, context)))
  return {rows: [columns.map(({heading}) => heading), ...rows]}
}

function emptyContext(root: string): Omit<TopContext, 'uptimeNs'> {
  const name = (names: ReadonlyMap<number, string>) => (id: number) => names.get(id) ?? String(id)
  return {
    userName: name(accountNames(resolveInRoot(root, '/etc/passwd'))),
    groupName: name(accountNames(resolveInRoot(root, '/etc/group'))),
    hostUserName: name(accountNames('/etc/passwd')),
    hostGroupName: name(accountNames('/etc/group')),
    containerUid: (id) => id,
    containerGid: (id) => id,
    containerPids: new Map(),
  }
}

function fromOutside(pid: number, columns: readonly TopColumn[]): TopResult {
  const processes = processesInNamespaceOf(pid)
  const context = contextOf(pid, processes)
  const rows = processes.map((process) => columns.map(({value}) => value(process, context)))
  return {rows: [columns.map(({heading}) => heading), ...rows]}
}

async function fromInside(engine: Engine, id: string, options: readonly string[]): Promise<TopResult> {
  const stdout = new CappedOutput()
  const stderr = new CappedOutput()
  const streams = {terminal: false, attachStdin: false, attachStdout: true, attachStderr: true}
  const config = {command: ['ps', ...options], ...streams, env: [], privileged: false}
  const session = await execContainer(engine, id, config, {stdout, stderr})
  if ((await session.exitCode) === 0) return rowsOfPs(stdout.text, options)
  throw new EngineError('ERR_REFUSED', `ps(1) failed: ${stderr.text.trim()}`)
}

/** ps's own output as rows: as many columns as its heading has words, the last one taking the rest. */
export function rowsOfPs(output: string, options: readonly string[]): TopResult {
  const words = options.join(' ')
  const [heading = '', ...all] = output.trimEnd().split('\n')
  // The ps that was asked for this is none of the container's processes.
  const lines = all.filter((line) => !line.includes(words))
  const width = heading.trim().split(/\s+/).length
  return {rows: [heading, ...lines].map((line) => splitColumns(line, width)), lines: [heading, ...lines]}
}

function splitColumns(line: string, width: number): readonly string[] {
  const words = line.trim().split(/\s+/)
  return [...words.slice(0, width - 1), words.slice(width - 1).join(' ')]
}

function contextOf(pid: number, processes: readonly ProcessInfo[]): TopContext {
  return {
    ...emptyContext(`/proc/${pid}/root`),
    containerUid: mapper(readMap(`/proc/${pid}/uid_map`)),
    containerGid: mapper(readMap(`/proc/${pid}/gid_map`)),
    containerPids: new Map(
      processes.map((process) => [process.pid, Number(process.status.NSpid?.split(/\s+/).at(-1))]),
    ),
    uptimeNs: readUptimeNs(),
  }
}

interface MapEntry {
  readonly inside: number
  readonly outside: number
  readonly size: number
}

/** @see user_namespaces(7), uid_map */
function readMap(path: string): readonly MapEntry[] {
  return readText(path)
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [inside = 0, outside = 0, size = 0] = line.trim().split(/\s+/).map(Number)
      return {inside, outside, size}
    })
}

/** An id outside of every range is the overflow id. */
function mapper(map: readonly MapEntry[]): (id: number) => number {
  return (id) => {
    const entry = map.find(({outside, size}) => id >= outside && id < outside + size)
    return entry ? entry.inside + id - entry.outside : map.length > 0 ? 65_534 : id
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ESRCH', 'EACCES', 'ELOOP')) return ''
    throw error
  }
}
