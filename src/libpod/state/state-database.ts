import {existsSync, mkdirSync, readdirSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno, runUndoable} from '../../errors/index.ts'
import {LockFile, removeMountPlaces, syncDirectory, writeJson} from '../../host/index.ts'
import {
  type ContainerConfig,
  type ContainerSummary,
  containerConfigVersion,
  summaryOf,
} from '../define/container-config.ts'
import {isFullID, isIDPrefix, requireName} from '../define/container-id.ts'
import {type ContainerRun, containerRunVersion, neverRun} from '../define/container-run.ts'
import {DependencyRegistry} from './dependency-registry.ts'
import {type DocumentKind, readDocument} from './documents.ts'
import {noteHistory} from './history.ts'
import type {Layout} from './layout.ts'
import {NameRegistry} from './name-registry.ts'
import type {State} from './state.ts'

const configKind: DocumentKind = {version: containerConfigVersion, migrations: {}}
const runKind: DocumentKind = {version: containerRunVersion, migrations: {}}

/** The records as files; see `Layout` for where. */
export class StateDatabase implements State {
  readonly layout: Layout
  readonly #names: NameRegistry
  readonly #dependencies: DependencyRegistry

  constructor(layout: Layout) {
    this.layout = layout
    this.#names = new NameRegistry(layout)
    this.#dependencies = new DependencyRegistry(layout)
  }

  lock(id: string): Promise<LockFile> {
    return LockFile.acquire(this.layout.lock(id))
  }

  tryLock(id: string): LockFile | undefined {
    return LockFile.tryAcquire(this.layout.lock(id))
  }

  async add(config: ContainerConfig, prepare: () => Promise<void>): Promise<void> {
    requireName(config.name)
    // While it is held, a sweep leaves the half-made record alone.
    using _making = await this.lock(config.id)
    await runUndoable(async (undo) => {
      const aside = join(this.layout.staging, `new-${config.id}`)
      undo.push(() => rmSync(this.layout.lock(config.id), {force: true}))
      undo.push(() => rmSync(aside, {recursive: true, force: true}))
      mkdirSync(aside, {recursive: true, mode: 0o700})
      await this.#claim(config)
      undo.push(() => this.#forget(config))
      await prepare()
      writeDocuments(aside, config)
      mkdirSync(join(aside, 'userdata'), {mode: 0o700})
      this.#bringIn(aside, config.id)
    })
  }

  config(id: string): ContainerConfig {
    const config = readDocument<ContainerConfig>(this.layout.config(id), configKind)
    if (!config) throw noSuchContainer(id)
    return config
  }

  summary(id: string): ContainerSummary {
    const summary = readDocument<ContainerSummary>(this.layout.summary(id), configKind)
    if (!summary) throw noSuchContainer(id)
    return summary
  }

  replace(config: ContainerConfig): void {
    writeDocuments(this.layout.container(config.id), config)
  }

  async rename(config: ContainerConfig, name: string): Promise<ContainerConfig> {
    requireName(name)
    const renamed = {...config, name}
    using _registry = await this.#registry()
    const owner = this.#names.claim(name, config.id, (id) => this.#isMadeAs(id, name))
    if (owner) throw new EngineError('ERR_CTR_EXISTS', `name "${name}" is in use`)
    this.replace(renamed)
    this.#names.release(config.name, config.id)
    return renamed
  }

  async remove(config: ContainerSummary, release: () => Promise<void>): Promise<void> {
    const {id} = config
    const leaving = join(this.layout.staging, `rm-${id}`)
    {
      using _registry = await this.#registry()
      this.#requireNoDependents(id)
      mkdirSync(this.layout.staging, {recursive: true, mode: 0o700})
      rmSync(leaving, {recursive: true, force: true})
      renameSync(this.layout.container(id), leaving)
      syncDirectory(this.layout.containers)
      this.#names.release(config.name, id)
      this.#dependencies.remove(id, config.dependencies)
    }
    await release()
    this.removeRunFiles(id)
    rmSync(leaving, {recursive: true, force: true})
    rmSync(this.layout.lock(id), {force: true})
  }

  async claimName(name: string, podID: string): Promise<void> {
    requireName(name)
    using _registry = await this.#registry()
    const owner = this.#names.claim(name, podID, (id) => this.#isMadeAs(id, name))
    if (owner) throw new EngineError('ERR_POD_EXISTS', `name ${JSON.stringify(name)} is in use`)
  }

  async releaseName(name: string, podID: string): Promise<void> {
    using _registry = await this.#registry()
    this.#names.release(name, podID)
  }

  unusedNames(): {name: string; owner: string}[] {
    return this.#names.list().flatMap((name) => {
      const owner = this.#names.find(name) ?? ''
      // In this order: what is brought in between two looks has been seen on its way.
      const isUsed = !isFullID(owner) || this.isStaged(owner) || this.exists(owner) || this.isPod(owner)
      return isUsed ? [] : [{name, owner}]
    })
  }

  exists(id: string): boolean {
    return existsSync(this.layout.summary(id))
  }

  ids(): string[] {
    return listDirectory(this.layout.containers)
  }

  resolve(nameOrID: string): string | undefined {
    if (nameOrID === '') throw new EngineError('ERR_NAME_EMPTY')
    if (isFullID(nameOrID) && this.exists(nameOrID)) return nameOrID
    return this.byName(nameOrID) ?? this.#byPrefix(nameOrID)
  }

  byName(name: string): string | undefined {
    if (name === '' || name.includes('/') || name === '.' || name === '..') return undefined
    const id = this.#names.find(name)
    return id !== undefined && this.#hasName(id, name) ? id : undefined
  }

  dependents(id: string): string[] {
    return this.#dependencies.of(id).filter((dependent) => this.exists(dependent))
  }

  run(id: string): ContainerRun {
    return readDocument<ContainerRun>(this.layout.state(id), runKind) ?? neverRun
  }

  saveRun(id: string, run: ContainerRun, previous?: ContainerRun): void {
    writeJson(this.layout.state(id), run, {durable: false})
    noteHistory(this.layout, id, run, previous)
  }

  idsWithRun(): Set<string> {
    // Documents that are just being written lie beside the others.
    return new Set(listDirectory(this.layout.states).flatMap((file) => idOf(file) ?? []))
  }

  /** What a container has in the per-boot directory, less its lock. */
  removeRunFiles(id: string): void {
    const {layout} = this
    for (const session of listDirectory(layout.execs(id))) rmSync(join(layout.execIndex, session), {force: true})
    for (const path of [layout.bundle(id), layout.persist(id), layout.execs(id), layout.exitFile(id), layout.state(id)])
      removeMountPlaces(path)
  }

  async #claim(config: ContainerConfig): Promise<void> {
    using _registry = await this.#registry()
    for (const id of config.dependencies) if (!this.exists(id)) throw noSuchContainer(id)
    const owner = this.#names.claim(config.name, config.id, (id) => this.#isMadeAs(id, config.name))
    if (owner) throw nameInUse(config.name, owner)
    this.#dependencies.add(config.id, config.dependencies)
  }

  async #forget(config: ContainerSummary): Promise<void> {
    using _registry = await this.#registry()
    this.#names.release(config.name, config.id)
    this.#dependencies.remove(config.id, config.dependencies)
  }

  #bringIn(aside: string, id: string): void {
    mkdirSync(this.layout.containers, {recursive: true, mode: 0o700})
    renameSync(aside, this.layout.container(id))
    syncDirectory(this.layout.containers)
  }

  #registry(): Promise<LockFile> {
    return LockFile.acquire(this.layout.registryLock)
  }

  /** Taken by a container or pod that somebody is making right now, or by one that is there. */
  #isMadeAs(id: string, name: string): boolean {
    // In this order: what is brought in between the looks has been seen in the making.
    return this.#isBeingMade(id) || this.#hasName(id, name) || this.isPod(id)
  }

  isPod(id: string): boolean {
    return existsSync(join(this.layout.pods, id))
  }

  /** On its way in or out. */
  isStaged(id: string): boolean {
    return ['new', 'rm'].some((prefix) => existsSync(join(this.layout.staging, `${prefix}-${id}`)))
  }

  /** Its maker holds the lock that it takes before the name. */
  #isBeingMade(id: string): boolean {
    if (existsSync(join(this.layout.staging, `new-${id}`))) return this.#isLocked(id)
    const pod = `pod-${id}`
    return existsSync(this.layout.lock(pod)) && this.#isLocked(pod)
  }

  #isLocked(name: string): boolean {
    using lock = this.tryLock(name)
    return lock === undefined
  }

  #hasName(id: string, name: string): boolean {
    return readDocument<ContainerSummary>(this.layout.summary(id), configKind)?.name === name
  }

  #byPrefix(prefix: string): string | undefined {
    if (!isIDPrefix(prefix)) return undefined
    const matches = this.ids().filter((id) => id.startsWith(prefix))
    if (matches.length > 1) throw ambiguous(prefix, matches)
    return matches[0]
  }

  #requireNoDependents(id: string): void {
    const dependents = this.dependents(id)
    if (dependents.length === 0) return
    throw new EngineError(
      'ERR_CTR_HAS_DEPENDENTS',
      `container ${id} has dependent containers which must be removed before it: ${dependents.join(', ')}`,
    )
  }
}

function idOf(file: string): string | undefined {
  const id = file.replace(/\.json$/, '')
  return isFullID(id) ? id : undefined
}

export function noSuchContainer(nameOrID: string): EngineError {
  return new EngineError('ERR_NO_SUCH_CTR', `no container with name or ID "${nameOrID}" found`)
}

/** The summary is made from the config and can be made again (`verify`): only the config is worth an fsync. */
function writeDocuments(directory: string, config: ContainerConfig): void {
  writeJson(join(directory, 'summary.json'), summaryOf(config), {durable: false})
  writeJson(join(directory, 'config.json'), config)
}

function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

function nameInUse(name: string, owner: string): EngineError {
  return new EngineError(
    'ERR_CTR_NAME_IN_USE',
    `creating container storage: the container name "${name}" is already in use by ${owner}. You have to remove that ` +
      'container to be able to reuse that name',
  )
}

function ambiguous(prefix: string, matches: readonly string[]): EngineError {
  const candidates = matches
    .slice(0, 10)
    .map((id) => id.slice(0, 12))
    .join(', ')
  return new EngineError('ERR_CTR_AMBIGUOUS', `ID or name ${prefix} is not unique: ${candidates}`)
}
