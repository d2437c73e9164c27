import {execFile} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import {promisify} from 'node:util'
import {withoutBuiltinCode} from './builtin-code.ts'
import type {Profile} from './profiles.ts'

/**
 * Runs each profile's bundle up to its main function and saves the heap: `NAME.blob`, for this very build of Node. One after
 * the other: what a profile rehearses, it may find made by the one before. Returns what went wrong in a rehearsal: the
 * snapshot works, and starts slower.
 */
export async function buildSnapshots(directory: string, profiles: readonly Profile[]): Promise<readonly string[]> {
  const stage = mkdtempSync(join(tmpdir(), 'berth-rehearsal-'))
  try {
    const complaints: string[] = []
    for (const {name} of profiles) complaints.push(await buildSnapshot(directory, name, stage))
    return complaints
  } finally {
    rmSync(stage, {recursive: true, force: true})
  }
}

async function buildSnapshot(directory: string, name: string, stage: string): Promise<string> {
  const blob = join(directory, `${name}.blob`)
  const bundle = join(directory, `${name}.cjs`)
  const args = ['--no-warnings', '--snapshot-blob', blob, '--build-snapshot', bundle, name, stage]
  const {stderr} = await promisify(execFile)(process.execPath, args, {env: {PATH: process.env.PATH}})
  return [stderr.trimEnd(), dropBuiltinCode(blob)].filter(Boolean).join('\n')
}

function dropBuiltinCode(path: string): string {
  const smaller = withoutBuiltinCode(readFileSync(path))
  if (!smaller) return `${basename(path)}: Node ${process.version} lays its snapshots out in another way`
  writeFileSync(path, smaller)
  return ''
}
