import {createHash} from 'node:crypto'
import {chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {LockFile} from '../../host/index.ts'
import {copyTree} from '../copy/copy-tree.ts'

export interface CacheMountRequest {
  readonly id: string
  /** `shared`: everybody at once; `locked`: one after the other; `private`: each writer one of its own. */
  readonly sharing: string
  /** What a new one begins with. */
  readonly seed?: string
  /** Of a new one. */
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

export interface CacheMount {
  readonly directory: string
  release?(): void
}

/** A directory that outlives the build, one for each id. @throws ERR_CONTAINERFILE for an unknown way of sharing */
export async function openCacheMount(cacheDirectory: string, request: CacheMountRequest): Promise<CacheMount> {
  const parent = join(cacheDirectory, 'mounts')
  mkdirSync(parent, {recursive: true, mode: 0o700})
  const place = join(parent, createHash('sha256').update(request.id).digest('hex').slice(0, 32))
  const {directory, lock} = await choose(place, request.sharing)
  await make(directory, request)
  return {directory, ...(lock && {release: () => lock.release()})}
}

async function choose(place: string, sharing: string): Promise<{directory: string; lock?: LockFile}> {
  if (sharing === 'shared') return {directory: place}
  if (sharing === 'locked') return {directory: place, lock: await LockFile.acquire(`${place}.lock`)}
  if (sharing !== 'private')
    throw new EngineError('ERR_CONTAINERFILE', `invalid value ${JSON.stringify(sharing)} for sharing`)
  for (let number = 0; ; number++) {
    const directory = number === 0 ? place : `${place}-${number}`
    const lock = LockFile.tryAcquire(`${directory}.lock`)
    if (lock) return {directory, lock}
  }
}

/** Seen only when it is whole: two builds may want it at once. */
async function make(directory: string, {seed, uid, gid, mode}: CacheMountRequest): Promise<void> {
  if (existsSync(directory)) return
  using _ = await LockFile.acquire(`${directory}.new.lock`)
  if (existsSync(directory)) return
  const aside = `${directory}.new`
  rmSync(aside, {recursive: true, force: true})
  mkdirSync(aside)
  if (seed !== undefined) copyTree(seed, aside, {includes: () => true})
  chownSync(aside, uid, gid)
  chmodSync(aside, mode)
  renameSync(aside, directory)
}
