import {existsSync, mkdtempSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {type Filter, filter, killProcess, run} from '../../host/index.ts'

/** Sockets of agents by id, for `RUN --mount=type=ssh`. Those that hold key files end with it. */
export interface SshAgents extends AsyncDisposable {
  readonly sockets: Readonly<Record<string, string>>
}

/**
 * `--ssh default`, `ID=SOCKET` or `ID=KEY[,KEY…]`. An agent of the build's own holds key files: a step can sign with
 * them, and never sees them.
 * @throws ERR_REFUSED, ERR_PROGRAM_MISSING without OpenSSH
 */
export async function openSshAgents(words: readonly string[]): Promise<SshAgents> {
  await using opened = new AsyncDisposableStack()
  const sockets: Record<string, string> = {}
  for (const word of words) {
    const [id = 'default', paths = process.env.SSH_AUTH_SOCK ?? ''] = word.split('=')
    const all = paths.split(',').filter(Boolean)
    if (all.length === 0)
      throw new EngineError('ERR_REFUSED', `ssh: no agent socket for ${id}: $SSH_AUTH_SOCK is not set`)
    for (const path of all) checkPath(path)
    const [first = ''] = all
    if (all.length === 1 && statSync(first).isSocket()) sockets[id] = first
    else sockets[id] = opened.use(await KeyAgent.open(all)).socket
  }
  const owned = opened.move()
  return {sockets, [Symbol.asyncDispose]: () => owned.disposeAsync()}
}

function checkPath(path: string): void {
  if (!existsSync(path))
    throw new EngineError('ERR_REFUSED', `creating build executor: stat ${path}: no such file or directory`)
}

/** An agent of OpenSSH. It ends with the program that it runs, which ends when this process closes its input, or dies. */
class KeyAgent implements AsyncDisposable {
  readonly socket: string
  readonly #directory: string
  readonly #program: Filter
  #pid = 0

  static async open(keys: readonly string[]): Promise<KeyAgent> {
    const agent = new KeyAgent()
    try {
      await agent.#ready()
      // Without a terminal: a key with a passphrase is refused rather than asked for
      const env = {SSH_AUTH_SOCK: agent.socket, SSH_ASKPASS_REQUIRE: 'force', SSH_ASKPASS: '/bin/false'}
      for (const key of keys) await run('ssh-add', ['-q', key], {env})
      return agent
    } catch (error) {
      await agent[Symbol.asyncDispose]()
      throw error
    }
  }

  private constructor() {
    this.#directory = mkdtempSync(join(tmpdir(), 'berth-ssh-'))
    this.socket = join(this.#directory, 'agent')
    this.#program = filter('ssh-agent', ['-a', this.socket, 'sh', '-c', 'echo $SSH_AGENT_PID; exec cat'])
    this.#program.ended.catch(() => {})
  }

  async #ready(): Promise<void> {
    for await (const chunk of this.#program.output) {
      this.#pid = Number(chunk)
      if (this.#pid > 0) return
    }
    await this.#program.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#pid > 0) killProcess(this.#pid)
    this.#program.kill()
    await this.#program.ended.catch(() => {})
    rmSync(this.#directory, {recursive: true, force: true})
  }
}
