import {accessSync, constants} from 'node:fs'
import {delimiter, join} from 'node:path'

/** Why a test cannot run here, or undefined: for a visible skip with its reason. */
export function missingPrerequisite(...needs: readonly ('root' | `program:${string}`)[]): string | undefined {
  for (const need of needs) {
    if (need === 'root' && process.getuid?.() !== 0) return 'needs root'
    if (need !== 'root' && !isInstalled(need.slice('program:'.length))) return `needs ${need.slice('program:'.length)}`
  }
  return undefined
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
