import {isatty} from 'node:tty'
import {readLine} from './read-secret-line.ts'

type Choose = (short: string, candidates: readonly string[]) => Promise<string>

/** On a terminal: asks which registry a short name means. Elsewhere nobody is asked. */
export function chooseShortName(): {readonly choose?: Choose} {
  return isatty(0) && isatty(1) ? {choose: ask} : {}
}

async function ask(_short: string, candidates: readonly string[]): Promise<string> {
  process.stdout.write('? Please select an image:\n')
  for (const [index, name] of candidates.entries()) process.stdout.write(`  ${index + 1}) ${name}\n`)
  for (;;) {
    const chosen = candidates[Number(await readLine('> ')) - 1]
    if (chosen !== undefined) return chosen
  }
}
