import {writeErr} from './output.ts'

/** Prints a warning to stderr in the form of podman's log lines. */
export function warn(message: string): void {
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  writeErr(`time="${time}" level=warning msg=${JSON.stringify(message)}\n`)
}
