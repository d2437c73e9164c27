import {join, relative} from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {bundleOptions} from '../../scripts/build/bundle.ts'
import {type ModuleGraph, readGraph} from '../../scripts/build/module-graph.ts'

const root = join(import.meta.dirname, '../..')

/** Folders and packages whose work has nothing to do with the commands below. */
const UNNEEDED = [
  ...[
    'src/specgen/',
    'src/cli/create-options/',
    'src/image/registry/registry-client',
    'src/image/archive/',
    'src/image/push.ts',
    'src/build/',
    'src/vm/',
  ],
  ...[
    'node_modules/yaml/',
    'node_modules/dockerfile-ast/',
    'node_modules/tar-stream/',
    'node_modules/execa/',
    'node_modules/ajv/',
  ],
]
/** Pulling is loaded by who pulls. */
const OF_RUN = ['src/specgen/', 'src/cli/create-options/']
const WITHOUT_RUN = UNNEEDED.filter((part) => !OF_RUN.includes(part))
const COMMANDS: readonly (readonly [command: string, unneeded: readonly string[]])[] = [
  ['ps', UNNEEDED],
  ['images', UNNEEDED],
  ['inspect', UNNEEDED],
  ['start', UNNEEDED],
  ['stop', UNNEEDED],
  ['rm', UNNEEDED],
  ['exec', UNNEEDED],
  ['logs', UNNEEDED],
  ['container/cleanup', UNNEEDED],
  ['pod/start', UNNEEDED],
  ...['run', 'create', 'pod/create'].map((command) => [command, WITHOUT_RUN] as const),
]

const fileOf = (command: string) => join(root, `commands/${command}.ts`)
/** Loaded by every command that opens the engine. */
const engine = join(root, 'src/libpod/runtime.ts')

describe('what a command evaluates when it starts', () => {
  let graph: ModuleGraph

  beforeAll(async () => {
    graph = await readGraph([engine, ...COMMANDS.map(([command]) => fileOf(command))], bundleOptions)
  }, 60_000)

  it.each(COMMANDS)('%s leaves alone what it does not need', (command, unneeded) => {
    const names = [...graph.reach([fileOf(command), engine])].map((file) => relative(root, file))
    expect(names.length).toBeGreaterThan(20)
    expect(names.filter((name) => unneeded.some((part) => name.includes(part)))).toEqual([])
  })
})
