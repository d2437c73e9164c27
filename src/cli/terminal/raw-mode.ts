import {syscall} from '../../host/index.ts'

const TERMIOS_BYTES = 64
const WHEN_DRAINED = 1
const GET = 'int tcgetattr(int fd, void *termios)'
const SET = 'int tcsetattr(int fd, int when, const void *termios)'
const MAKE_RAW = 'void cfmakeraw(void *termios)'

/**
 * A terminal whose bytes go through untouched in both directions, until disposed. Also restored when the process exits
 * for any reason but SIGKILL. Node's own raw mode still turns line feeds into CR LF, which spoils what a terminal inside
 * the container has already done.
 *
 * @see termios(3), cfmakeraw
 */
export class RawMode implements Disposable {
  readonly #descriptor: number
  readonly #before: Uint8Array
  readonly #restore = (): void => this.#set(this.#before)

  constructor(descriptor: number) {
    this.#descriptor = descriptor
    this.#before = new Uint8Array(TERMIOS_BYTES)
    syscall(GET, descriptor, this.#before)
    const raw = this.#before.slice()
    syscall(MAKE_RAW, raw)
    this.#set(raw)
    process.once('exit', this.#restore)
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#restore)
    this.#restore()
  }

  #set(termios: Uint8Array): void {
    syscall(SET, this.#descriptor, WHEN_DRAINED, termios)
  }
}
