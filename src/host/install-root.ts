import {existsSync, realpathSync} from 'node:fs'
import {dirname, join} from 'node:path'

let found: {readonly program: string | undefined; readonly root: string} | undefined

/**
 * The directory that holds package.json, bin/ and guest/: from this module's place when run from files, from the
 * launcher's path (`process.argv[1]`) when run from the bundle, which has no module path.
 */
export function installRoot(): string {
  const program = process.argv[1]
  // What a snapshot's builder found is not where the program was installed afterwards.
  if (found && found.program === program) return found.root
  const root = findUp(import.meta.dirname ?? dirname(realpathSync(program ?? '.')))
  found = {program, root}
  return root
}

function findUp(start: string): string {
  for (let directory = start; ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'oclif.manifest.json')) || existsSync(join(directory, 'package-lock.json')))
      return directory
    if (directory === dirname(directory)) return start
  }
}
