import {cpSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {installRoot} from '../../src/host/index.ts'
import {runCommand} from '../helpers/command.ts'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

/** An installation at `path`, with what was built for this one. */
function install(path: string): void {
  mkdirSync(path)
  cpSync(join(installRoot(), 'bin'), join(path, 'bin'), {recursive: true})
  for (const name of ['dist', 'node_modules', 'package.json', 'oclif.manifest.json'])
    symlinkSync(join(installRoot(), name), join(path, name))
}

const started = {exitCode: 0, stderr: ''}

const version = (path: string, runtimeDirectory: string) =>
  runCommand(join(path, 'bin/berth'), ['--version'], {env: {XDG_RUNTIME_DIR: runtimeDirectory}})

it('starts wherever it lies, also below another installation, and when it cannot note that its snapshot fits', async () => {
  await using directory = temporaryDirectory()
  const run = join(directory.path, 'run')
  mkdirSync(run)
  const outer = join(directory.path, 'berth')
  const inner = join(outer, 'berth')
  install(outer)
  install(inner)
  for (const place of [inner, outer, inner, outer]) expect(await version(place, run)).toMatchObject(started)
  // Each has its own note.
  const notes = readdirSync(run, {recursive: true, encoding: 'utf8'}).filter((name) =>
    statSync(join(run, name)).isFile(),
  )
  expect(notes).toHaveLength(2)
  const full = join(directory.path, 'full')
  for (const note of notes) mkdirSync(join(full, note), {recursive: true})
  expect(await version(outer, full)).toMatchObject(started)
  const file = join(directory.path, 'no-directory')
  writeFileSync(file, '')
  expect(await version(outer, file)).toMatchObject(started)
})
