import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {TestEngine} from './engine.ts'
import {waitUntil} from './wait-until.ts'

/** Hides the host's journal, if there is one, behind directories of its own; ends when its standard input does. */
const script = `
mount --make-rprivate / &&
mount -t tmpfs journal /run/systemd && mount -t tmpfs journal /run/log && mkdir -p /run/systemd/journal /run/log/journal || exit 1
/lib/systemd/systemd-journald </dev/null >/dev/null 2>&1 & journal=$!
cat >/dev/null
kill $journal; wait $journal
`

/** A systemd-journald in a mount namespace of its own, without a systemd. */
export class Journal implements AsyncDisposable {
  readonly #shell: ReturnType<typeof spawn>

  private constructor(shell: ReturnType<typeof spawn>) {
    this.#shell = shell
  }

  static missing(): string | undefined {
    return existsSync('/lib/systemd/systemd-journald') ? undefined : 'needs systemd-journald'
  }

  static async start(): Promise<Journal> {
    const journal = new Journal(spawn('unshare', ['-m', 'sh', '-c', script], {stdio: ['pipe', 'ignore', 'inherit']}))
    await waitUntil('the journal takes messages', () =>
      existsSync(`/proc/${journal.#shell.pid}/root/run/systemd/journal/socket`),
    )
    return journal
  }

  /** The same engine, but its commands see this journal. */
  around({directory, setup}: TestEngine): TestEngine {
    const enter = ['--target', String(this.#shell.pid), '--mount', '--wd=/', setup.program]
    return new TestEngine(directory, {...setup, program: 'nsenter', globalArgs: [...enter, ...setup.globalArgs]})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#shell.once('close', resolve))
    this.#shell.stdin?.end()
    await ended
  }
}
