import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {runCommand} from './helpers/command.ts'
import {openBerth} from './helpers/engine.ts'
import {busyboxArchive, debianArchive} from './helpers/images.ts'
import {missingPrerequisite} from './helpers/prerequisites.ts'
import {temporaryDirectory} from './helpers/temporary-directory.ts'

const examples = join(import.meta.dirname, '../examples')
const missing = missingPrerequisite('root', 'program:runc', 'program:conmon')

describe.skipIf(missing)('examples', () => {
  test('the library runs a command in a container and returns its exit code', async () => {
    await using place = temporaryDirectory()
    const env = {BERTH_EXAMPLE_ROOT: place.path}
    const command = ['sh', '-c', 'echo out; echo err >&2; exit 7']
    const example = [join(examples, 'run-container.ts'), await busyboxArchive(), ...command]
    expect(await runCommand(process.execPath, example, {env})).toMatchObject({
      exitCode: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    })
  })

  test('the tour of the README', async () => {
    await using berth = openBerth()
    const {program, globalArgs} = berth.setup
    const env = {BERTH: program, BERTH_ARGS: globalArgs.join(' ')}
    const result = await runCommand('sh', [join(examples, 'quickstart.sh'), await busyboxArchive()], {env})
    expect(result).toMatchObject({exitCode: 0})
    expect(result.stdout).toMatch(
      /^Loaded image: localhost\/busybox:latest\nhello from a container\n[0-9a-f]{64}\nCONTAINER ID /,
    )
    expect(result.stdout).toMatch(/\nclock is running since \d{4}-.*\nclock\nclock\n$/)
  })
})

const missingHere = missing ?? missingPrerequisite('program:wrk', 'program:wget', 'program:mmdebstrap')

describe.skipIf(missingHere)('three tiers', () => {
  // The images are built of what Debian's mirror has.
  test('lose nothing when they are killed, as a pod and on a network', {timeout: 600_000}, async () => {
    await using berth = openBerth({runtime: 'runc'})
    const {program, globalArgs} = berth.setup
    await berth.output('load', '-q', '-i', await debianArchive())
    await berth.output('tag', 'localhost/debian', 'localhost/three-tier-base')
    const port = String(20_000 + (process.pid % 20_000))
    const env = {SECONDS_OF_LOAD: '4', WAIT: '180', PORT: port, BERTH: program, BERTH_ARGS: globalArgs.join(' ')}
    const result = await runCommand('sh', [join(examples, 'three-tier/run.sh')], {env, timeoutMs: 580_000})
    expect(result.exitCode, result.stdout + result.stderr).toBe(0)
    const counts = [...result.stdout.matchAll(/^acknowledged (\d+), stored (\d+)$/gm)].map((match) =>
      match.slice(1).map(Number),
    )
    expect(counts).toHaveLength(6)
    for (const [acknowledged = 0, stored = 0] of counts) {
      expect(acknowledged).toBeGreaterThan(0)
      expect(stored).toBeGreaterThanOrEqual(acknowledged)
    }
    expect(result.stdout).toMatch(/== nothing is left\n$/)
  })
})
