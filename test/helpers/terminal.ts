import {spawn} from 'node:child_process'
import {join} from 'node:path'
import type {Writable} from 'node:stream'
import {waitUntil} from './wait-until.ts'

export interface TerminalOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
}

/** A program on a real pseudo-terminal. */
export interface Terminal extends AsyncDisposable {
  /** Everything it has shown so far, control sequences included. */
  readonly screen: string
  /** Types these bytes. */
  type(text: string): void
  resize(columns: number, rows: number): void
  /** Waits until the output from `from` on matches. @throws Error with the output when it does not in time */
  waitFor(pattern: RegExp, options?: {readonly timeoutMs?: number; readonly from?: number}): Promise<RegExpExecArray>
  readonly exitCode: Promise<number>
}

/** `await using terminal = openTerminal('sh', ['-i'])`. The program is killed when the scope ends. */
export function openTerminal(program: string, args: readonly string[], options: TerminalOptions = {}): Terminal {
  const {columns = 80, rows = 24, env} = options
  const bridge = join(import.meta.dirname, 'pty-bridge.py')
  const child = spawn('python3', [bridge, String(columns), String(rows), program, ...args], {
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
    env: {...process.env, TERM: 'xterm', ...env},
  })
  const [input, output, , control] = child.stdio as unknown as [Writable, NodeJS.ReadableStream, null, Writable]
  let screen = ''
  const decoder = new TextDecoder()
  output.on('data', (chunk: Buffer) => {
    screen += decoder.decode(chunk, {stream: true})
  })
  input.on('error', () => {})
  control.on('error', () => {})
  const exitCode = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  return {
    get screen() {
      return screen
    },
    type: (text) => void input.write(text),
    resize: (newColumns, newRows) => void control.write(`${newColumns} ${newRows}\n`),
    async waitFor(pattern, {timeoutMs = 15_000, from = 0} = {}) {
      let match: RegExpExecArray | null = null
      const look = () => {
        match = pattern.exec(screen.slice(from))
        return match !== null
      }
      await waitUntil(`output matching ${pattern}`, look, {
        timeoutMs,
        describe: () => JSON.stringify(screen.slice(from)),
      })
      return match as unknown as RegExpExecArray
    },
    exitCode,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exitCode
    },
  }
}
