import {join, relative} from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {bundleOptions} from '../../scripts/build/bundle.ts'
import {type ModuleGraph, readGraph} from '../../scripts/build/module-graph.ts'

const root = join(import.meta.dirname, '../..')

/** What a command's start must not evaluate: folders and packages whose work it has nothing to do with. */
const CREATION = ['src/specgen/', 'src/oci/spec/', 'src/cli/create-options/']
const IMAGES = ['src/image/registry/', 'src/image/archive/', 'storage/tar/', 'storage/diff/']
const BUILDS = ['src/build/', 'node_modules/dockerfile-ast/', 'node_modules/tar-stream/']
const VM = ['src/vm/']
const COMMANDS: readonly (readonly [command: string, unneeded: readonly string[]])[] = [
  ['ps', [...CREATION, ...IMAGES, ...BUILDS, ...VM]],
  ['start', [...CREATION, ...IMAGES, ...BUILDS, ...VM]],
  ['stop', [...CREATION, ...IMAGES, ...BUILDS, ...VM]],
  ['rm', [...CREATION, ...IMAGES, ...BUILDS, ...VM]],
  ['exec', [...CREATION, ...IMAGES, ...BUILDS, ...VM]],
  ['logs', [...CREATION, ...IMAGES, ...BUILDS, ...VM]],
  ['container/cleanup', [...CREATION, ...IMAGES, ...BUILDS, ...VM]],
  ['run', [...BUILDS, ...VM]],
]

const fileOf = (command: string) => join(root, `commands/${command}.ts`)
/** Loaded by every command that opens the engine. */
const engine = join(root, 'src/libpod/runtime.ts')

describe('what a command evaluates when it starts', () => {
  let graph: ModuleGraph

  beforeAll(async () => {
    graph = await readGraph([engine, ...COMMANDS.map(([command]) => fileOf(command))], bundleOptions)
  })

  it.each(COMMANDS)('%s leaves alone what it does not need', (command, unneeded) => {
    const names = [...graph.reach([fileOf(command), engine])].map((file) => relative(root, file))
    expect(names.length).toBeGreaterThan(20)
    expect(names.filter((name) => unneeded.some((part) => name.includes(part)))).toEqual([])
  })
})
