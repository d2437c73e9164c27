import {readCidFile} from '../src/cli/cid-file.ts'
import {detachKeys, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import {execEnvironment} from '../src/cli/exec-environment.ts'
import {startExitCode} from '../src/cli/exit-codes.ts'
import * as flags from '../src/cli/flags.ts'
import {inheritedDescriptors} from '../src/cli/inherited-descriptors.ts'
import {connectStdio} from '../src/cli/terminal/connect-stdio.ts'
import {EngineError} from '../src/errors/index.ts'
import type {Container} from '../src/libpod/container.ts'
import type {ExecConfig} from '../src/libpod/define/exec-session.ts'

export default class Exec extends EngineCommand {
  static override summary = 'Run a process in a running container'
  static override description =
    'Starts a further process in a container that runs, in the same namespaces and with the same limits.'
  static override usage = 'CONTAINER COMMAND [ARG...]'
  static override examples = [
    '<%= command.id %> -it ctrID ls',
    '<%= command.id %> -it -w /tmp myCtr pwd',
    '<%= command.id %> --user root ctrID ls',
  ]
  static override optionsEndAtFirstPositional = true
  static override strict = false
  static override flags = {
    cidfile: flags.string({summary: "File that holds the container's ID"}),
    detach: flags.bool({
      char: 'd',
      summary: 'Leave the command running in the background and print the ID of its session',
    }),
    'detach-keys': detachKeys,
    env: flags.array({
      char: 'e',
      summary: "Environment variable for the command; KEY alone takes the caller's value (repeatable)",
    }),
    'env-file': flags.array({summary: 'File with environment variables, one KEY=VALUE per line (repeatable)'}),
    interactive: flags.bool({char: 'i', summary: 'Connect stdin with the process'}),
    latest,
    'no-session': flags.bool({summary: 'Accepted for compatibility; has no effect'}),
    'preserve-fd': flags.uintList({
      summary: 'Numbers of file descriptors to hand on to the process, separated by commas',
    }),
    'preserve-fds': flags.uint({
      summary: 'How many file descriptors after stderr to hand on to the process',
      default: 0,
    }),
    privileged: flags.bool({
      summary: 'Give the command all capabilities',
    }),
    tty: flags.bool({char: 't', summary: 'Give the command a terminal'}),
    user: flags.string({
      char: 'u',
      summary: 'User to run the command as, with an optional group: USER[:GROUP], names or numbers',
    }),
    wait: flags.int32({summary: 'Seconds to wait for the container to run', default: 0, hidden: true}),
    workdir: flags.string({char: 'w', summary: 'Directory in the container to run the command in'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Exec)
    const byOption = given.latest || given.cidfile !== undefined
    const [name, command] = byOption ? [undefined, argv] : [argv[0], argv.slice(1)]
    if (!byOption && name === undefined)
      refuse('exec requires the name or ID of a container or the --latest or --cidfile flag')
    if (given.latest && given.cidfile !== undefined) refuse('--latest and --cidfile cannot be used together')
    inheritedDescriptors(given)
    const {containers} = await this.runtime()
    const container = given.latest
      ? containers.latest()
      : containers.lookup(given.cidfile === undefined ? (name ?? '') : readCidFile(given.cidfile))
    if (command.length === 0)
      throw new EngineError('ERR_INVALID_ARG', 'must provide a non-empty command to start an exec session')
    const config: ExecConfig = {
      command,
      terminal: given.tty,
      attachStdin: given.interactive && !given.detach,
      attachStdout: !given.detach,
      attachStderr: !given.detach,
      detachKeys: given['detach-keys'],
      env: execEnvironment(given.env, given['env-file']),
      privileged: given.privileged,
      user: given.user,
      workdir: given.workdir,
      preserveFDs: given['preserve-fds'],
      preserveFD: given['preserve-fd'],
      noSession: given['no-session'],
    }
    await waitUntilRunning(container, given.wait)
    try {
      if (given.detach) await this.#detached(container, config)
      else this.exitCode = await attached(container, config)
    } catch (error) {
      this.report(error, startExitCode(error))
    }
  }

  async #detached(container: Container, config: ExecConfig): Promise<void> {
    const id = await container.createExec(config)
    await container.startExecDetached(id, {remove: true})
    this.print(id)
  }
}

async function attached(container: Container, config: ExecConfig): Promise<number> {
  const {terminal, attachStdin: stdin, detachKeys} = config
  const {session, outcome} = await connectStdio({terminal, stdin, detachKeys}, (streams) =>
    container.exec(config, streams),
  )
  return outcome === 'detached' ? 0 : ((await session.exitCode) ?? 0)
}

async function waitUntilRunning(container: Container, seconds: number): Promise<void> {
  if (seconds <= 0) return
  const timeout = AbortSignal.timeout(seconds * 1000)
  await container.wait({conditions: ['running'], signal: timeout}).catch((cause: unknown) => {
    if (!timeout.aborted) throw cause
    throw new EngineError('ERR_REFUSED', `timed out waiting for container: ${container.name}`, {cause})
  })
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
