import {existsSync, mkdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../errors/index.ts'
import {identifyProcess, type ProcessIdentity, runQuick} from '../host/index.ts'
import {lastLoggedError, loggedWarnings, plainMessage, runtimeError} from '../oci/runtime/index.ts'
import {containerArgs, execArgs, runtimeLogPath} from './conmon-args.ts'
import {readExitFile} from './exit-file.ts'
import type {
  LoadedShim,
  LogTarget,
  PreparedShim,
  Shim,
  ShimContainer,
  ShimExec,
  ShimmedExec,
  ShimmedProcess,
  ShimProcess,
} from './shim.ts'
import {enterShimCgroup} from './shim-cgroup.ts'
import {type StartedConmon, startConmon} from './start-conmon.ts'
import type {SyncMessage} from './sync-pipe.ts'

const JOURNAL_SOCKET = '/run/systemd/journal/socket'

/** The Shim as conmon, one process per container or exec session. */
export class ConmonShim implements Shim {
  readonly path: string
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly #warn: (sentence: string) => void

  /**
   * @param env of conmon, and through it of the runtime and the exit command
   * @param warn gets what a runtime warns of when it creates a container
   */
  constructor(path: string, env: Readonly<Record<string, string | undefined>>, warn: (sentence: string) => void) {
    this.path = path
    this.#env = env
    this.#warn = warn
  }

  async prepare(container: ShimContainer): Promise<PreparedShim> {
    requireLogTarget(container.log)
    prepareDirectories(container)
    const conmon = this.#start(container, containerArgs(container), false)
    let begun = false
    return {
      create: async () => {
        begun = true
        const created = await create(conmon, container)
        for (const sentence of loggedWarnings(runtimeLogPath(container.bundle))) this.#warn(sentence)
        return created
      },
      abandon: () => {
        if (!begun) abandon(conmon)
      },
    }
  }

  async exec(session: ShimExec): Promise<ShimmedExec> {
    prepareDirectories(session)
    const conmon = this.#start(session, execArgs(session), session.attach)
    try {
      conmon.signal()
      if (conmon.attach && !(await conmon.attach.next())) throw shimFailed(await failureOf(conmon))
    } catch (error) {
      conmon.release()
      throw error
    }
    let ended: (code: number | undefined) => void = () => {}
    const exitCode = new Promise<number | undefined>((resolve) => (ended = resolve))
    return {exitCode, begin: () => begin(conmon, session, ended), shimPid: () => shimPidOf(conmon, session)}
  }

  load(containerID: string, shimPidFile: string, exitFile: string, persistDirectory: string): LoadedShim {
    return {
      shim: identifyShim(shimPidFile, containerID),
      exit: readExitFile(exitFile, persistDirectory),
    }
  }

  async version(): Promise<string> {
    const {stdout} = await runQuick(this.path, ['--version'], {stdout: true})
    return stdout.trim()
  }

  #start(process: ShimProcess, args: readonly string[], attachPipe: boolean): StartedConmon {
    return startConmon({
      path: this.path,
      args,
      cwd: process.bundle,
      env: this.#env,
      attachPipe,
      passthrough: process.log.driver === 'passthrough',
      preserveFDs: process.preserveFDs ?? [],
      heldFDs: process.heldFDs ?? [],
    })
  }
}

async function create(conmon: StartedConmon, container: ShimContainer): Promise<ShimmedProcess> {
  try {
    conmon.signal()
    const moved = moveShim(conmon, container)
    const message = await conmon.sync.next()
    const pid = requirePid(message, container, message ? '' : await failureOf(conmon))
    await moved
    return {pid, shimPid: readPid(container.shimPidFile)}
  } finally {
    conmon.release()
  }
}

/** Once it has forked, the shim goes where it belongs, while it has the runtime at work: that takes its time. */
async function moveShim(conmon: StartedConmon, process: ShimProcess): Promise<void> {
  if (!(await conmon.forked) || !process.shimCgroup) return
  const pid = readPid(process.shimPidFile)
  // A session that could not begin is removed meanwhile; 0 would be this process.
  if (pid > 0) await enterShimCgroup(pid, process.shimCgroup)
}

function abandon(conmon: StartedConmon): void {
  conmon.kill()
  conmon.release()
}

/** Lets an exec session run, and goes on listening for its exit code. */
async function begin(
  conmon: StartedConmon,
  session: ShimExec,
  ended: (code: number | undefined) => void,
): Promise<ShimmedProcess> {
  try {
    if (session.attach) conmon.signal()
    void moveShim(conmon, session)
    const pid = requirePid(await conmon.sync.next(), session, '')
    void conmon.sync.next().then((message) => {
      ended(message?.data)
      conmon.release()
    })
    return {pid, shimPid: await shimPidOf(conmon, session)}
  } catch (error) {
    ended(undefined)
    conmon.release()
    throw error
  }
}

/** The first process writes it, and may be behind: before it has, the bundle must not be removed either. */
async function shimPidOf(conmon: StartedConmon, {shimPidFile}: ShimProcess): Promise<number> {
  await conmon.forked
  return readPid(shimPidFile)
}

function requirePid(message: SyncMessage | undefined, process: ShimProcess, stderr: string): number {
  if (message && message.data > 0) return message.data
  const reason = lastLoggedError(runtimeLogPath(process.bundle)) ?? message?.message
  if (reason) throw runtimeError(process.runtime.name, plainMessage(reason))
  throw shimFailed(stderr)
}

function shimFailed(stderr: string): EngineError {
  return new EngineError('ERR_SHIM_FAILED', stderr.trim().split('\n').at(-1) || 'conmon ended without a word')
}

/** What conmon printed; empty while it is well, without waiting for it. */
async function failureOf(conmon: StartedConmon): Promise<string> {
  return (await conmon.forked) ? '' : await conmon.stderr
}

function prepareDirectories(process: ShimProcess): void {
  for (const directory of [process.exitDirectory, process.persistDirectory])
    mkdirSync(directory, {recursive: true, mode: 0o700})
  rmSync(join(process.persistDirectory, 'oom'), {force: true})
  rmSync(runtimeLogPath(process.bundle), {force: true})
}

function requireLogTarget(log: LogTarget): void {
  if (log.driver === 'journald' && !existsSync(JOURNAL_SOCKET))
    throw new EngineError('ERR_NOT_SUPPORTED', 'log driver journald: no journal runs on this host')
}

/** Pids are reused, sometimes within minutes: whoever is about to be killed must be the shim of this container. */
function identifyShim(pidFile: string, containerID: string): ProcessIdentity | undefined {
  const pid = readPid(pidFile)
  const identity = pid > 0 ? identifyProcess(pid) : undefined
  return identity && commandLine(pid).includes(containerID) ? identity : undefined
}

function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function readPid(path: string): number {
  try {
    return Number.parseInt(readFileSync(path, 'latin1'), 10) || 0
  } catch {
    return 0
  }
}
