import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {runCommand} from './helpers/command.ts'
import {openBerth} from './helpers/engine.ts'
import {openHostNetwork} from './helpers/host-network.ts'
import {busyboxArchive} from './helpers/images.ts'
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
  test('lose nothing when they are killed, as a pod and on a network', {timeout: 900_000}, async () => {
    await using host = await openHostNetwork()
    await using berth = openBerth({runtime: 'runc', host})
    const {program, globalArgs} = berth.setup
    const script = join(examples, 'three-tier/run.sh')
    const common = {BERTH: program, BERTH_ARGS: globalArgs.join(' ')}
    // Debian's packages come over this host's network; the containers live in one where no other test has a bridge.
    const images = await runCommand('sh', [script], {env: {...common, AS: ''}, timeoutMs: 600_000})
    expect(images.exitCode, images.stdout + images.stderr).toBe(0)

    const env = {...common, SECONDS_OF_LOAD: '4', WAIT: '120'}
    const result = await runCommand('nsenter', [`--net=${host.path}`, 'sh', script], {env, timeoutMs: 290_000})
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
