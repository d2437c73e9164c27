import {syscall} from '../../host/index.ts'
import type {TerminalSize} from '../../libpod/define/attach.ts'

const TIOCGWINSZ = 0x5413

/** The size of the terminal behind a descriptor; undefined when there is none. @see ioctl_tty(2) */
export function windowSize(descriptor: number): TerminalSize | undefined {
  const size = new Uint16Array(4)
  try {
    syscall(
      'int ioctl(int fd, unsigned long request, void *argument)',
      descriptor,
      TIOCGWINSZ,
      new Uint8Array(size.buffer),
    )
  } catch {
    return undefined
  }
  const [rows = 0, columns = 0] = size
  return rows > 0 && columns > 0 ? {rows, columns} : undefined
}
