import {readFileSync} from 'node:fs'

/** All of stdin as text. */
export async function readStdin(): Promise<string> {
  return readFileSync(0, 'utf8')
}
