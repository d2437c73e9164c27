import {createHash} from 'node:crypto'
import {chmodSync, chownSync, copyFileSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {resolveInRoot, writeFileAtomic} from '../../host/index.ts'
import type {BuildRequest, RunMount} from '../build-request.ts'
import {openCacheMount} from './cache-mount.ts'
import {forwardAgent} from './ssh-agent.ts'

/** The words of one `RUN --mount=…`. */
export type MountWords = Readonly<Record<string, string>>

export interface RunMountContext {
  readonly request: BuildRequest
  readonly cacheDirectory: string
  /** Readable directory of `from=` (a stage, an image or a named context), or the build context. */
  sourceDirectory(from: string | undefined): Promise<string>
  /** Where secrets are put for the time of the command; removed afterwards by the caller. */
  readonly scratch: string
}

export interface PreparedMount {
  readonly mount?: RunMount
  readonly env?: string
  /** Called when the command has ended. */
  release?(): void
}

/** `type=cache,target=/x,ro` as a table; a bare word has the value `true`. */
export function parseMountWords(text: string): MountWords {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [pair, 'true'] : [pair.slice(0, equals), pair.slice(equals + 1)]
    }),
  )
}

/** @throws ERR_CONTAINERFILE, ERR_REFUSED for a required secret that was not given */
export async function prepareRunMount(words: MountWords, context: RunMountContext): Promise<PreparedMount> {
  const kind = kinds[words.type ?? 'bind']
  if (!kind) throw new EngineError('ERR_CONTAINERFILE', `invalid filesystem type ${JSON.stringify(words.type)}`)
  const unknown = Object.keys(words).find((word) => word !== 'type' && !kind.words.includes(word))
  if (unknown) throw new EngineError('ERR_CONTAINERFILE', `${unknown}: invalid mount option`)
  return kind.prepare(words, context)
}

interface MountKind {
  readonly words: readonly string[]
  prepare(words: MountWords, context: RunMountContext): Promise<PreparedMount>
}

const target = ['target', 'dst', 'destination']
const source = ['source', 'src', 'from']
const access = ['ro', 'readonly', 'rw', 'readwrite']
const owner = ['uid', 'gid', 'mode']
/** SELinux and propagation words that change nothing here. */
const accepted = ['z', 'Z', 'bind-propagation', 'relabel', 'bind-nonrecursive']

const kinds: Readonly<Record<string, MountKind>> = {
  bind: {words: [...target, ...source, ...access, ...accepted], prepare: prepareBind},
  cache: {words: [...target, ...source, ...access, ...owner, ...accepted, 'id', 'sharing'], prepare: prepareCache},
  secret: {words: [...target, ...owner, 'id', 'required', 'env'], prepare: prepareSecret},
  ssh: {words: [...target, ...owner, 'id', 'required'], prepare: prepareSSH},
  tmpfs: {words: [...target, ...access, 'size', 'tmpfs-size', 'tmpfs-mode', 'mode'], prepare: prepareTmpfs},
}

/** What the command writes to a writable one is thrown away. */
async function prepareBind(words: MountWords, context: RunMountContext): Promise<PreparedMount> {
  const directory = await context.sourceDirectory(words.from)
  const place = resolveInRoot(directory, words.source ?? words.src ?? '/')
  const status = statSync(place, {throwIfNoEntry: false})
  if (!status) throw new EngineError('ERR_REFUSED', `${words.source ?? words.src}: no such file or directory to mount`)
  const mount = {type: 'bind', source: place, target: targetOf(words)} as const
  if (!isWritable(words)) return {mount: {...mount, readOnly: true}}
  if (status.isDirectory()) return {mount: {...mount, readOnly: false, discards: true}}
  const copy = join(context.scratch, nameFor(place))
  copyFileSync(place, copy)
  chownSync(copy, status.uid, status.gid)
  return {mount: {...mount, source: copy, readOnly: false}}
}

async function prepareCache(words: MountWords, context: RunMountContext): Promise<PreparedMount> {
  const path = targetOf(words)
  const seed =
    words.from === undefined
      ? undefined
      : resolveInRoot(await context.sourceDirectory(words.from), words.source ?? words.src ?? '/')
  const {directory, release} = await openCacheMount(context.cacheDirectory, {
    ...{id: words.id ?? path, sharing: words.sharing ?? 'shared', seed},
    ...{uid: Number(words.uid ?? 0), gid: Number(words.gid ?? 0), mode: Number.parseInt(words.mode ?? '755', 8)},
  })
  const readOnly = words.ro === 'true' || words.readonly === 'true'
  return {mount: {type: 'bind', source: directory, target: path, readOnly}, release}
}

async function prepareSecret(words: MountWords, {request, scratch}: RunMountContext): Promise<PreparedMount> {
  const id = words.id ?? words.target?.split('/').at(-1) ?? ''
  const given = request.secrets[id]
  if (!given && words.required === 'true')
    throw new EngineError('ERR_REFUSED', `secret required but no secret with id ${id} found`)
  if (!given) return {}
  const data = 'file' in given ? readFileSync(given.file) : Buffer.from(process.env[given.variable] ?? '')
  const named = words.target ?? words.dst ?? words.destination
  const env = words.env === undefined ? undefined : `${words.env}=${data.toString()}`
  if (env !== undefined && named === undefined) return {env}
  const path = join(scratch, nameFor(id))
  writeFileAtomic(path, data, {mode: 0o400, durable: false})
  chownSync(path, Number(words.uid ?? 0), Number(words.gid ?? 0))
  chmodSync(path, Number.parseInt(words.mode ?? '400', 8))
  return {mount: {type: 'bind', source: path, target: secretPath(named ?? id), readOnly: true}, env}
}

function secretPath(name: string): string {
  return name.startsWith('/') ? name : `/run/secrets/${name}`
}

async function prepareSSH(words: MountWords, {request, scratch}: RunMountContext): Promise<PreparedMount> {
  const id = words.id ?? 'default'
  const socket = request.sshSockets[id]
  if (socket === undefined && words.required === 'true')
    throw new EngineError('ERR_REFUSED', `unset ssh forward key ${id}`)
  if (socket === undefined) return {}
  const path = words.target ?? words.dst ?? words.destination ?? `/run/buildkit/ssh_agent.${id}`
  const own = join(scratch, `ssh-${nameFor(id)}`)
  const release = await forwardAgent(socket, own, {
    ...{uid: Number(words.uid ?? 0), gid: Number(words.gid ?? 0)},
    mode: Number.parseInt(words.mode ?? '600', 8),
  })
  return {mount: {type: 'bind', source: own, target: path, readOnly: false}, env: `SSH_AUTH_SOCK=${path}`, release}
}

async function prepareTmpfs(words: MountWords): Promise<PreparedMount> {
  const size = words.size ?? words['tmpfs-size']
  const mode = words.mode ?? words['tmpfs-mode']
  const options = [...(size ? [`size=${size}`] : []), ...(mode ? [`mode=${mode}`] : [])]
  return {mount: {type: 'tmpfs', target: targetOf(words), options}}
}

function targetOf(words: MountWords): string {
  const path = words.target ?? words.dst ?? words.destination
  if (!path) throw new EngineError('ERR_CONTAINERFILE', 'mount: target is required')
  return path
}

function isWritable(words: MountWords): boolean {
  return words.rw === 'true' || words.readwrite === 'true'
}

function nameFor(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 32)
}
