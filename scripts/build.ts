// Builds dist/: library modules with declarations, one bundle, one startup snapshot, and oclif.manifest.json.
import {mkdirSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {LockFile} from '../src/host/lock-file.ts'
import {bundle} from './build/bundle.ts'
import {compile} from './build/compile.ts'
import {writeEntry} from './build/entry.ts'
import {exchangeDirectories} from './build/exchange.ts'
import {loadCommands} from './build/load-commands.ts'
import {manifestText, writeManifest} from './build/manifest.ts'
import {profiles} from './build/profiles.ts'
import {buildSnapshots} from './build/snapshot.ts'

const root = join(import.meta.dirname, '..')
process.exitCode = await build()

/** Several people may build one tree at the same time: one after the other, aside, and swapped in whole. */
async function build(): Promise<number> {
  using _ = await LockFile.acquire(join(root, 'node_modules', '.berth-build.lock'))
  const aside = join(root, `.dist-${process.pid}`)
  const broken: string[] = []
  mkdirSync(aside)
  try {
    const errors = compile(root, aside)
    const commands = await loadCommands(root, {onBroken: (file, error) => broken.push(`commands/${file}: ${error}`)})
    writeEntry(root, aside, commands)
    await bundle(aside, profiles)
    broken.push(...(await buildSnapshots(aside, profiles)))
    writeManifest(root, manifestText(commands))
    swapIn(aside, join(root, 'dist'))
    return complain([errors, ...broken].filter(Boolean))
  } finally {
    rmSync(aside, {recursive: true, force: true})
  }
}

function swapIn(built: string, target: string): void {
  try {
    exchangeDirectories(built, target)
  } catch {
    renameSync(built, target)
  }
}

/** Code that does not check does not stop the build: what it made runs, but the build did not succeed. */
function complain(errors: readonly string[]): number {
  if (errors.length === 0) return 0
  process.stderr.write(`${errors.join('\n')}\nError: the sources do not check\n`)
  return 1
}
