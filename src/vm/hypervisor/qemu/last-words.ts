import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'

/** QEMU's own messages, and the guest's console as the relay writes it. */
export const messageFile = 'qemu.log'
export const consoleFile = 'console.log'

const LINES = 6

/** What QEMU and the guest said last, on one line, for an error message; empty when they said nothing. */
export function lastWords(directory: string): string {
  const messages = tail(join(directory, messageFile), 2)
  const console = tail(join(directory, consoleFile), LINES)
  return [...messages, ...(console.length > 0 ? ['guest console:', ...console] : [])].join(' | ')
}

function tail(path: string, lines: number): string[] {
  let text: string
  try {
    text = readFileSync(path, 'latin1')
  } catch {
    return []
  }
  // Printable ASCII only: a guest must not write escape sequences to the terminal of whoever reads the error.
  const clean = stripVTControlCharacters(text).replace(/[^\x20-\x7e\n]/g, '')
  const all = clean
    .split('\n')
    .map((line) => line.trim().slice(0, 300))
    .filter((line) => line !== '')
  // A panic is followed by a register dump, which explains less than its first line.
  const panic = all.findLast((line) => line.includes('Kernel panic'))
  return panic === undefined ? all.slice(-lines) : [panic]
}
