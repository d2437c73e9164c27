import {spawnSync} from 'node:child_process'
import {join} from 'node:path'

/** Compiles the sources to modules and declarations below `target`; returns the compiler's complaints. */
export function compile(root: string, target: string): string {
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  const result = spawnSync(tsc, ['-p', 'tsconfig.build.json', '--outDir', target], {cwd: root, encoding: 'utf8'})
  if (result.error) throw result.error
  return result.status === 0 ? '' : result.stdout.trimEnd()
}
