/**
 * A start-up profile: one bundle and one startup snapshot that hold ready what some commands need, and nothing else. Each
 * object in a snapshot costs every start a little, so the listing commands do not carry what creates a container.
 */
export interface Profile {
  /** Names the files `NAME.cjs`, `NAME.pack` and `NAME.blob`; `bin/berth` chooses by it. */
  readonly name: string
  /** Command paths whose modules the snapshot holds ready; what it holds compiled, `src/cli/rehearsal.ts` says. */
  readonly commands: readonly string[]
  /** Modules that these commands load as they run, below the build directory, without `.js`. */
  readonly modules: readonly string[]
  /** Node's own modules that load when something calls them first. */
  readonly lazyBuiltins: readonly string[]
}

const ENGINE = ['src/cli/rehearsal', 'src/libpod/runtime']

const RARE = ['dns', 'http', 'https', 'net', 'readline', 'readline/promises', 'tls', 'worker_threads', 'zlib']

export const profiles: readonly Profile[] = [
  {name: 'berth-create', commands: ['run', 'create', 'pod create'], modules: ENGINE, lazyBuiltins: RARE},
  {
    name: 'berth',
    commands: ['ps', 'images', 'inspect', 'start', 'stop', 'exec', 'rm', 'logs', 'container cleanup', 'pod start'],
    modules: [...ENGINE, 'src/libpod/container/inspect/inspect'],
    lazyBuiltins: [...RARE, 'child_process', 'crypto'],
  },
  {name: 'berth-vm', commands: [], modules: ['src/vm/cli/main'], lazyBuiltins: [...RARE, 'crypto']},
]
