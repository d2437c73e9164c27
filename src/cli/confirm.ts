import {createInterface} from 'node:readline/promises'
import {EngineError} from '../errors/index.ts'

/** Asks `QUESTION [y/N] ` on stdout and reads one line of stdin: only `y` and `yes` are a yes. @throws ERR_REFUSED without an answer */
export async function confirm(warning: string): Promise<boolean> {
  process.stdout.write(`${warning}\nAre you sure you want to continue? [y/N] `)
  const lines = createInterface({input: process.stdin})
  for await (const line of lines) {
    lines.close()
    return /^y(es)?$/i.test(line.trim())
  }
  throw new EngineError('ERR_REFUSED', 'EOF')
}
