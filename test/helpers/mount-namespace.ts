import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {TestEngine} from './engine.ts'

/** A mount namespace of its own, so that a test can have other files of the host: it goes with all that runs in it. */
export class MountNamespace implements AsyncDisposable {
  readonly #shell: ReturnType<typeof spawn>

  private constructor(shell: ReturnType<typeof spawn>) {
    this.#shell = shell
  }

  /** @param script run by a shell in the new namespace; what it starts in the background is `$!` */
  static async open(script: string): Promise<MountNamespace> {
    const whole = `mount --make-rprivate / || exit 1\n${script}\necho ready; cat >/dev/null; [ -z "$!" ] || { kill $!; wait $!; }`
    const shell = spawn('unshare', ['-m', 'sh', '-c', whole], {stdio: ['pipe', 'pipe', 'inherit']})
    const [said] = await Promise.race([once(shell.stdout ?? shell, 'data'), once(shell, 'close')])
    if (String(said).trim() !== 'ready') throw new Error(`the mount namespace was not made: ${said}`)
    return new MountNamespace(shell)
  }

  /** As seen from the host: `/proc/PID/root` is its file system. */
  get pid(): number {
    return this.#shell.pid ?? 0
  }

  /** The same engine, but its commands run in this namespace. */
  around({directory, setup}: TestEngine): TestEngine {
    const enter = ['--target', String(this.pid), '--mount', '--wd=/', setup.program]
    return new TestEngine(directory, {...setup, program: 'nsenter', globalArgs: [...enter, ...setup.globalArgs]})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#shell, 'close')
    this.#shell.stdin?.end()
    await ended
  }
}
