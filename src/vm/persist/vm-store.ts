import {mkdirSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync, symlinkSync, unlinkSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../../errors/index.ts'
import {LockFile, readJson, type Versioned, writeJson} from '../../host/index.ts'
import type {ContainerRecord, ContainerState, SandboxRecord, SandboxState} from './records.ts'

/** Nothing here outlives a boot, so nothing needs to survive a power loss. */
const VOLATILE = {durable: false} as const

/**
 * Sandboxes and containers on disk:
 * `ids/CONTAINER` is a symbolic link that names its sandbox: it is there whole or not at all, also on a disk that is full; `sandboxes/ID/` holds sandbox.json, state.json, sockets, logs, share/ and
 * `containers/ID/` with container.json, state.json and the exit file; `locks/ID` is held by whoever changes the sandbox.
 */
export class VmStore {
  readonly root: string

  constructor(root: string) {
    this.root = root
  }

  /** Where the directories of all sandboxes lie. */
  get sandboxes(): string {
    return join(this.root, 'sandboxes')
  }

  /** What is locked while a machine boots. */
  get boots(): string {
    return join(this.root, 'boots')
  }

  /** Takes a container id. Of two processes that ask for one id, one gets it. @throws ERR_OCI_CTR_EXISTS */
  reserve(container: string, sandbox: string): void {
    mkdirSync(join(this.root, 'ids'), {recursive: true, mode: 0o700})
    try {
      symlinkSync(sandbox, this.#idPath(container))
    } catch (error) {
      if (isErrno(error, 'EEXIST')) throw new EngineError('ERR_OCI_CTR_EXISTS', container)
      throw error
    }
  }

  release(container: string): void {
    rmSync(this.#idPath(container), {force: true})
  }

  /** The sandbox that a container runs in. @throws ERR_OCI_CTR_UNKNOWN */
  sandboxOf(container: string): string {
    try {
      return readlinkSync(this.#idPath(container))
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENAMETOOLONG')) throw new EngineError('ERR_OCI_CTR_UNKNOWN', container)
      throw error
    }
  }

  /** Every container id, sorted. */
  list(): string[] {
    return names(join(this.root, 'ids')).sort()
  }

  /** The containers of a sandbox that have a record. */
  containersOf(sandbox: string): ContainerRecord[] {
    return names(join(this.directory(sandbox), 'containers'))
      .sort()
      .flatMap((id) => this.findContainer(sandbox, id) ?? [])
  }

  lock(sandbox: string): Promise<LockFile> {
    return LockFile.acquire(this.#lockPath(sandbox))
  }

  /** The lock of a sandbox that is there; undefined when it is not, or went while we waited: no file is made then. */
  async lockExisting(sandbox: string): Promise<LockFile | undefined> {
    try {
      return await LockFile.acquire(this.#lockPath(sandbox), {existing: true})
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined
      throw error
    }
  }

  tryLock(sandbox: string): LockFile | undefined {
    return LockFile.tryAcquire(this.#lockPath(sandbox))
  }

  directory(sandbox: string): string {
    return join(this.sandboxes, sandbox)
  }

  containerDirectory(sandbox: string, container: string): string {
    return join(this.directory(sandbox), 'containers', container)
  }

  /** What containers see of the host lies below this directory, one directory per container. */
  shareDirectory(sandbox: string): string {
    return join(this.directory(sandbox), 'share')
  }

  createSandbox(record: SandboxRecord): void {
    mkdirSync(this.shareDirectory(record.id), {recursive: true, mode: 0o700})
    mkdirSync(join(this.directory(record.id), 'containers'), {recursive: true, mode: 0o700})
    keep(join(this.directory(record.id), 'sandbox.json'), record)
  }

  /** @throws ERR_OCI_CTR_UNKNOWN */
  sandbox(id: string): SandboxRecord {
    const record = readJson<SandboxRecord>(join(this.directory(id), 'sandbox.json'))
    if (!record) throw new EngineError('ERR_OCI_CTR_UNKNOWN', `sandbox ${id}`)
    return current(record, id)
  }

  sandboxState(id: string): SandboxState {
    const empty: SandboxState = {version: 1, status: 'ready', taps: [], guestVolumes: {}}
    return readJson<SandboxState>(join(this.directory(id), 'state.json')) ?? empty
  }

  saveSandboxState(id: string, state: SandboxState): void {
    keep(join(this.directory(id), 'state.json'), state)
  }

  saveContainer(record: ContainerRecord): void {
    const directory = this.containerDirectory(record.sandbox, record.id)
    mkdirSync(directory, {recursive: true, mode: 0o700})
    keep(join(directory, 'container.json'), record)
  }

  findContainer(sandbox: string, id: string): ContainerRecord | undefined {
    const record = readJson<ContainerRecord>(join(this.containerDirectory(sandbox, id), 'container.json'))
    return record && current(record, id)
  }

  containerState(sandbox: string, id: string): ContainerState | undefined {
    return readJson<ContainerState>(join(this.containerDirectory(sandbox, id), 'state.json'))
  }

  saveContainerState(sandbox: string, id: string, state: ContainerState): void {
    keep(join(this.containerDirectory(sandbox, id), 'state.json'), state)
  }

  removeContainer(sandbox: string, id: string): void {
    rmSync(this.containerDirectory(sandbox, id), {recursive: true, force: true})
    this.release(id)
  }

  /** Nothing may be mounted below it any more. The caller holds its lock, which goes too. */
  removeSandbox(id: string): void {
    removeEmptyTree(this.shareDirectory(id))
    rmSync(this.directory(id), {recursive: true, force: true})
    rmSync(this.#lockPath(id), {force: true})
  }

  /** What a container has in the share. */
  shareNames(sandbox: string, container: string): string[] {
    return names(join(this.shareDirectory(sandbox), container))
  }

  /** Takes a container's place in the share away. Nothing may be mounted below it any more. */
  removeShare(sandbox: string, container: string): void {
    removeEmptyTree(join(this.shareDirectory(sandbox), container))
  }

  #idPath(container: string): string {
    return join(this.root, 'ids', container)
  }

  #lockPath(sandbox: string): string {
    return join(this.root, 'locks', sandbox)
  }
}

/** @throws ERR_SYSCALL: a full disk, for one */
function keep(path: string, record: Versioned): void {
  try {
    writeJson(path, record, VOLATILE)
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause
    throw new EngineError('ERR_SYSCALL', `${path}: ${cause.message}`, {cause})
  }
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}

function current<T extends {readonly version: number}>(record: T, id: string): T {
  if (record.version !== 1) throw new EngineError('ERR_RECORD_VERSION', id)
  return record
}

/**
 * Removes mount points: empty directories and empty files. Never recursive deletion: a mount that was overlooked would
 * lose the host's files.
 */
function removeEmptyTree(path: string): void {
  let entries: {readonly name: string; isDirectory(): boolean}[]
  try {
    entries = readdirSync(path, {withFileTypes: true})
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return
    throw error
  }
  for (const entry of entries) {
    if (entry.isDirectory()) removeEmptyTree(join(path, entry.name))
    else removeEmptyFile(join(path, entry.name))
  }
  rmdirSync(path)
}

function removeEmptyFile(path: string): void {
  if (readFileSync(path).length > 0) throw new EngineError('ERR_INTERNAL', `${path} is still mounted`)
  unlinkSync(path)
}
