import {createHash} from 'node:crypto'
import {chmodSync, chownSync, mkdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {LockFile, resolveInRoot, writeFileAtomic} from '../../host/index.ts'
import type {BuildRequest, RunMount} from '../build-request.ts'

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
  /** Held while the command runs (`sharing=locked`). */
  readonly lock?: LockFile
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
  const prepare = kinds[words.type ?? 'bind']
  if (!prepare) throw new EngineError('ERR_CONTAINERFILE', `invalid mount type ${JSON.stringify(words.type)}`)
  return prepare(words, context)
}

const kinds: Readonly<Record<string, (words: MountWords, context: RunMountContext) => Promise<PreparedMount>>> = {
  bind: async (words, context) => {
    const directory = await context.sourceDirectory(words.from)
    const source = resolveInRoot(directory, words.source ?? words.src ?? '/')
    return {mount: {type: 'bind', source, target: targetOf(words), readOnly: !isWritable(words)}}
  },
  cache: prepareCache,
  secret: prepareSecret,
  ssh: async (words, {request}) => {
    const id = words.id ?? 'default'
    const socket = request.sshSockets[id]
    if (socket === undefined && words.required === 'true')
      throw new EngineError('ERR_REFUSED', `unset ssh forward key ${id}`)
    if (socket === undefined) return {}
    const target = words.target ?? words.dst ?? `/run/buildkit/ssh_agent.${id}`
    return {mount: {type: 'bind', source: socket, target, readOnly: false}, env: `SSH_AUTH_SOCK=${target}`}
  },
  tmpfs: async (words) => ({
    mount: {type: 'tmpfs', target: targetOf(words), ...(words.size ? {sizeBytes: Number(words.size)} : {})},
  }),
}

/** A directory that outlives the build, one for each id. */
async function prepareCache(words: MountWords, {cacheDirectory}: RunMountContext): Promise<PreparedMount> {
  const target = targetOf(words)
  const name = createHash('sha256')
    .update(words.id ?? target)
    .digest('hex')
    .slice(0, 32)
  const directory = join(cacheDirectory, 'mounts', name)
  mkdirSync(directory, {recursive: true, mode: 0o755})
  chownSync(directory, Number(words.uid ?? 0), Number(words.gid ?? 0))
  chmodSync(directory, Number.parseInt(words.mode ?? '755', 8))
  const lock = words.sharing === 'locked' ? await LockFile.acquire(`${directory}.lock`) : undefined
  const readOnly = words.ro === 'true' || words.readonly === 'true'
  return {mount: {type: 'bind', source: directory, target, readOnly}, lock}
}

async function prepareSecret(words: MountWords, {request, scratch}: RunMountContext): Promise<PreparedMount> {
  const id = words.id ?? words.target?.split('/').at(-1) ?? ''
  const source = request.secrets[id]
  if (!source && words.required === 'true')
    throw new EngineError('ERR_REFUSED', `secret required but no secret with id ${id} found`)
  if (!source) return {}
  const data = 'file' in source ? readFileSync(source.file) : Buffer.from(process.env[source.variable] ?? '')
  if (words.env) return {env: `${words.env}=${data.toString()}`}
  const path = join(scratch, createHash('sha256').update(id).digest('hex').slice(0, 32))
  writeFileAtomic(path, data, {mode: Number.parseInt(words.mode ?? '400', 8), durable: false})
  chownSync(path, Number(words.uid ?? 0), Number(words.gid ?? 0))
  return {
    mount: {type: 'bind', source: path, target: words.target ?? words.dst ?? `/run/secrets/${id}`, readOnly: true},
  }
}

function targetOf(words: MountWords): string {
  const target = words.target ?? words.dst ?? words.destination
  if (!target) throw new EngineError('ERR_CONTAINERFILE', 'mount: target is required')
  return target
}

function isWritable(words: MountWords): boolean {
  return words.rw === 'true' || words.readwrite === 'true'
}
