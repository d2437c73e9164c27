import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync} from 'node:fs'
import {join} from 'node:path'
import {waitUntil} from '../helpers/wait-until.ts'

export interface Console extends AsyncDisposable {
  /** Path for `--console-socket`. */
  readonly path: string
  type(text: string): void
  waitFor(pattern: RegExp): Promise<void>
}

/** Waits for a terminal's master and shows what it says. */
export async function receiveConsole(directory: string): Promise<Console> {
  const path = join(mkdtempSync(join(directory, 'console-')), 'sock')
  const child = spawn('python3', [join(import.meta.dirname, 'console-socket.py'), path])
  let screen = ''
  child.stdout.on('data', (chunk) => {
    screen += chunk
  })
  await once(child.stderr, 'data')
  return {
    path,
    type: (text) => void child.stdin.write(text),
    waitFor: (pattern) =>
      waitUntil(`terminal shows ${pattern}`, () => pattern.test(screen), {
        timeoutMs: 20_000,
        describe: () => JSON.stringify(screen),
      }),
    async [Symbol.asyncDispose]() {
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
