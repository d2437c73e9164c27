import {join} from 'node:path'
import {type CommandOptions, type CommandResult, requireSuccess, runCommand} from './command.ts'
import type {HostNetwork} from './host-network.ts'
import {findLeaks, isClean, processesUsing} from './leaks.ts'
import {testRuntime} from './runtime.ts'
import {removeTree, temporaryDirectory} from './temporary-directory.ts'

const repository = join(import.meta.dirname, '../..')

/** What `openEngine` starts: a program, the arguments that come before every command, and its environment. */
export interface EngineSetup {
  readonly name: 'berth' | 'podman'
  readonly program: string
  readonly globalArgs: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The network that its commands run in; this process's own when left out. */
  readonly host?: HostNetwork
}

/** An engine with a store and a run directory of its own. */
export class TestEngine implements AsyncDisposable {
  readonly name: 'berth' | 'podman'
  readonly directory: string
  readonly setup: EngineSetup

  constructor(directory: string, setup: EngineSetup) {
    this.directory = directory
    this.setup = setup
    this.name = setup.name
  }

  get root(): string {
    return join(this.directory, 'root')
  }

  get runRoot(): string {
    return join(this.directory, 'run')
  }

  /** Runs one command; the caller looks at the exit code. */
  run(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const {env} = this.setup
    const [program, ...words] = this.commandLine(args)
    return runCommand(program, words, {...options, env: {...env, ...options.env}})
  }

  /** The words that run one command. */
  commandLine(args: readonly string[]): readonly [program: string, ...string[]] {
    const {program, globalArgs, host} = this.setup
    const line: [string, ...string[]] = [program, ...globalArgs, ...args]
    return host ? ['nsenter', `--net=${host.path}`, ...line] : line
  }

  /** The output of a command that has to succeed, without its last newline. */
  async output(...args: readonly string[]): Promise<string> {
    return requireSuccess(await this.run(args))
  }

  /**
   * Removes every container and says what is left then. The directory goes in any case.
   * @throws Error that lists mounts, processes, cgroups and files that the engine left behind
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const listed = await this.run(['ps', '-aq', '--no-trunc'])
    const ids = listed.stdout.split('\n').filter(Boolean)
    const removed = await this.run(['rm', '-fa', '-t', '0'])
    await this.#settle()
    const leaks = findLeaks(this.directory, ids)
    await this.#erase()
    if (removed.exitCode !== 0) throw new Error(`rm -fa failed when the test ended: ${removed.stderr}`)
    if (this.name === 'berth' && !isClean(leaks)) throw new Error(`left behind: ${JSON.stringify(leaks, null, 2)}`)
  }

  /** Monitors and clean-up commands may still be on their way out. */
  async #settle(): Promise<void> {
    const deadline = Date.now() + 30_000
    while (Date.now() < deadline && processesUsing(this.directory).length > 0)
      await new Promise((resolve) => setTimeout(resolve, 50))
  }

  async #erase(): Promise<void> {
    for (const {pid} of processesUsing(this.directory)) kill(pid)
    await removeTree(this.directory)
  }
}

/** The built Berth with its own root and run directories: `await using berth = openBerth()`. */
export function openBerth(
  options: {
    /** Of `testRuntime` unless told otherwise. */
    readonly runtime?: string
  } & Partial<Pick<EngineSetup, 'globalArgs' | 'env' | 'host'>> = {},
): TestEngine {
  const {path} = temporaryDirectory()
  const {runtime = testRuntime, globalArgs = [], env = {}} = options
  return new TestEngine(path, {
    name: 'berth',
    program: join(repository, 'bin/berth'),
    globalArgs: ['--root', join(path, 'root'), '--runroot', join(path, 'run'), '--runtime', runtime, ...globalArgs],
    env,
    host: options.host,
  })
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
