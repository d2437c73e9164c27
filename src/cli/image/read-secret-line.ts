import {createInterface} from 'node:readline/promises'
import {Writable} from 'node:stream'

/** Asks for a line on the terminal without showing what is typed; from a pipe it reads the first line. */
export async function readSecretLine(prompt: string): Promise<string> {
  process.stdout.write(prompt)
  const silent = new Writable({write: (_chunk, _encoding, done) => done()})
  const lines = createInterface({input: process.stdin, output: silent, terminal: process.stdin.isTTY})
  try {
    return await lines.question('')
  } finally {
    lines.close()
    process.stdout.write('\n')
  }
}

/** Asks for a line that may be seen. */
export async function readLine(prompt: string): Promise<string> {
  const lines = createInterface({input: process.stdin, output: process.stdout, terminal: process.stdin.isTTY})
  try {
    return (await lines.question(prompt)).trim()
  } finally {
    lines.close()
  }
}
