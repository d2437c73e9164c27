import {spawnSync} from 'node:child_process'
import {join} from 'node:path'

/** Runs the bundle up to its main function and saves the heap: `berth.blob`, for this very build of Node. */
export function buildSnapshot(directory: string): void {
  const blob = join(directory, 'berth.blob')
  const result = spawnSync(
    process.execPath,
    ['--no-warnings', '--snapshot-blob', blob, '--build-snapshot', join(directory, 'berth.cjs')],
    {encoding: 'utf8', env: {PATH: process.env.PATH}},
  )
  if (result.status !== 0) throw new Error(`the startup snapshot was not built:\n${result.stdout}${result.stderr}`)
}
