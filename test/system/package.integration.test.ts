import {cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {requireSuccess, runCommand} from '../helpers/command.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

const repository = join(import.meta.dirname, '../..')
const missing = missingPrerequisite('root', 'program:npm', 'program:runc', 'program:conmon')

describe.skipIf(missing)('the package that npm makes', () => {
  test('sets itself up, runs containers and is a library', async () => {
    await using place = temporaryDirectory()
    const installed = await unpackInto(place.path)

    // What it needs is on this machine, all but its own parts: those have to be found where it was installed.
    const setup = await runCommand('npm', ['--prefix', installed, 'run', 'setup'], {timeoutMs: 120_000})
    expect(setup).toMatchObject({exitCode: 0})
    expect(setup.stderr).toMatch(
      /npm packages: installed with this one\n.*\n(?:.*\n)*==> build: came with the package\n/,
    )

    const berth = [join(place.path, 'bin/berth'), '--root', `${place.path}/root`, '--runroot', `${place.path}/run`]
    const run = (...args: string[]) => runCommand(berth[0] as string, [...berth.slice(1), '--runtime', 'runc', ...args])
    try {
      requireSuccess(await run('load', '-q', '-i', await busyboxArchive()))
      expect(await run('run', '--rm', 'busybox', 'echo', 'out of a package')).toMatchObject({
        exitCode: 0,
        stdout: 'out of a package\n',
        stderr: '',
      })
    } finally {
      requireSuccess(await run('system', 'reset', '--force'))
    }

    const program = join(place.path, 'program.mjs')
    writeFileSync(
      program,
      "import {openRuntime, createContainer} from 'berth'\nconsole.log(typeof openRuntime, typeof createContainer)\n",
    )
    expect(await runCommand(process.execPath, [program])).toMatchObject({exitCode: 0, stdout: 'function function\n'})
  })
})

/** Lays the package out as `npm install` does: in node_modules, the packages it needs beside it, its programs linked. */
async function unpackInto(directory: string): Promise<string> {
  requireSuccess(
    await runCommand('npm', ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', directory], {
      cwd: repository,
      timeoutMs: 120_000,
    }),
  )
  const [archive = ''] = readdirSync(directory).filter((name) => name.endsWith('.tgz'))
  const modules = join(directory, 'node_modules')
  const installed = join(modules, 'berth')
  mkdirSync(installed, {recursive: true})
  requireSuccess(await runCommand('tar', ['-xzf', join(directory, archive), '--strip-components=1', '-C', installed]))
  for (const name of readdirSync(join(repository, 'node_modules')))
    if (!name.startsWith('.')) symlinkSync(join(repository, 'node_modules', name), join(modules, name))
  mkdirSync(join(directory, 'bin'))
  symlinkSync('../node_modules/berth/bin/berth', join(directory, 'bin/berth'))
  // Made from the same files: making it anew would take a minute.
  const built = join(repository, 'guest/build')
  cpSync(built, join(installed, 'guest/build'), {recursive: true, filter: (path) => path !== join(built, 'cache')})
  return installed
}
