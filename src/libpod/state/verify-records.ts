import {existsSync, readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../errors/index.ts'
import {writeJson} from '../../host/index.ts'
import {type ContainerConfig, type ContainerSummary, summaryOf} from '../define/container-config.ts'
import {isFullID} from '../define/container-id.ts'
import type {Problem} from '../define/problem.ts'
import {DependencyRegistry} from './dependency-registry.ts'
import {NameRegistry} from './name-registry.ts'
import type {StateDatabase} from './state-database.ts'

/** Compares every record with every index; `repair` makes the indexes anew from the configs, which are never changed. */
export function verifyRecords(state: StateDatabase, options: {readonly repair: boolean}): Problem[] {
  const problems: Problem[] = []
  const report = (object: string, problem: string, repair?: () => void): void => {
    if (repair && options.repair) repair()
    problems.push({object, problem, repaired: repair !== undefined && options.repair})
  }
  const configs = readConfigs(state, report)
  checkSummaries(state, configs, report)
  checkNames(state, configs, report)
  checkDependencies(state, configs, report)
  checkRunFiles(state, report)
  return problems
}

type Report = (object: string, problem: string, repair?: () => void) => void

function readConfigs(state: StateDatabase, report: Report): ContainerConfig[] {
  return state.ids().flatMap((id) => {
    try {
      return [state.config(id)]
    } catch (error) {
      report(`container ${id}`, `its config cannot be read: ${(error as Error).message}`)
      return []
    }
  })
}

function checkSummaries(state: StateDatabase, configs: readonly ContainerConfig[], report: Report): void {
  for (const config of configs) {
    const expected = summaryOf(config)
    if (JSON.stringify(readSummary(state, config.id)) === JSON.stringify(JSON.parse(JSON.stringify(expected)))) continue
    report(`container ${config.id}`, 'its summary does not match its config', () =>
      writeJson(state.layout.summary(config.id), expected),
    )
  }
}

function checkNames(state: StateDatabase, configs: readonly ContainerConfig[], report: Report): void {
  const names = new NameRegistry(state.layout)
  for (const {name, id} of configs)
    if (names.find(name) !== id)
      report(`container ${id}`, `the name ${name} is not registered`, () => names.claim(name, id, () => false))
  const used = new Set(configs.map((config) => config.name))
  for (const name of names.list()) {
    const owner = names.find(name) ?? ''
    if (!used.has(name) && isFullID(owner) && !state.isStaged(owner) && !state.isPod(owner))
      report(`name ${name}`, 'belongs to no container or pod', () => names.release(name, owner))
  }
}

function checkDependencies(state: StateDatabase, configs: readonly ContainerConfig[], report: Report): void {
  const registry = new DependencyRegistry(state.layout)
  const ids = new Set(configs.map(({id}) => id))
  for (const {id, dependencies} of configs)
    for (const dependency of dependencies) {
      if (!ids.has(dependency)) report(`container ${id}`, `depends on ${dependency}, which is not there`)
      if (!registry.of(dependency).includes(id))
        report(`container ${id}`, `is not registered as depending on ${dependency}`, () =>
          registry.add(id, [dependency]),
        )
    }
  for (const target of registry.targets())
    for (const dependent of registry.of(target))
      if (!ids.has(dependent) && !state.isStaged(dependent))
        report(`dependency on ${target}`, `of ${dependent}, which is not there`, () =>
          registry.remove(dependent, [target]),
        )
}

function checkRunFiles(state: StateDatabase, report: Report): void {
  const run = join(state.layout.runRoot, 'libpod')
  const strays = new Set(
    ['states', 'exits', 'persist', 'run', 'exec'].flatMap((directory) =>
      list(join(run, directory)).map((file) => file.replace(/\.json$/, '')),
    ),
  )
  for (const id of strays) {
    if (!isFullID(id) || existsSync(state.layout.container(id)) || state.isStaged(id)) continue
    report(`container ${id}`, 'left files in the run directory', () => state.removeRunFiles(id))
  }
  removeStrayLocks(state)
}

/** The empty file of a lock that a killed command took for a container that never came to be, or is gone: no damage. */
function removeStrayLocks(state: StateDatabase): void {
  for (const id of list(join(state.layout.runRoot, 'locks'))) {
    if (!isFullID(id) || existsSync(state.layout.container(id)) || state.isStaged(id)) continue
    using lock = state.tryLock(id)
    if (lock) rmSync(state.layout.lock(id), {force: true})
  }
}

function readSummary(state: StateDatabase, id: string): ContainerSummary | undefined {
  try {
    return state.summary(id)
  } catch {
    return undefined
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}
