import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {type GlobalFlags, globalFlags} from '../../src/cli/global-flags.ts'
import {resolveConfig} from '../../src/cli/open-engine.ts'
import {type FlagSet, parseFlags} from '../../src/cli/pflag/parse-flags.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-globals-'))
  const file = join(directory, 'containers.conf')
  writeFileSync(file, '[engine]\nhooks_dir = ["/hooks"]\ncdi_spec_dirs = ["/devices"]\n')
  vi.stubEnv('CONTAINERS_CONF', file)
  vi.stubEnv('STORAGE_OPTS', 'overlay.mountopt=nodev')
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(directory, {recursive: true})
})

function parsed(...argv: readonly string[]): GlobalFlags {
  return parseFlags(argv, globalFlags as unknown as FlagSet).values as GlobalFlags
}

test('lists of files and of the environment hold while no option names others', async () => {
  const {engine, storage} = await resolveConfig(parsed())
  expect(engine).toMatchObject({hooksDirs: ['/hooks'], cdiSpecDirs: ['/devices']})
  expect(storage.options).toContain('overlay.mountopt=nodev')
})

test('options take their place', async () => {
  const globals = parsed('--hooks-dir', '/a', '--hooks-dir', '/b', '--cdi-spec-dir', '/c')
  expect((await resolveConfig(globals)).engine).toMatchObject({hooksDirs: ['/a', '/b'], cdiSpecDirs: ['/c']})
})
