import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const run = ['run', '--network', 'none', '--log-driver', 'passthrough']

describe.skipIf(missingPrerequisite('root', 'program:runc', 'program:conmon'))('--log-driver passthrough', () => {
  let berth: TestEngine
  beforeAll(async () => {
    berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
  afterAll(() => berth[Symbol.asyncDispose]())

  it('gives a container in the background the very streams of the command, and keeps no log', async () => {
    const script = 'echo out; echo err >&2; exit 3'
    const result = await berth.run([...run, '-d', '--name', 'quiet', 'busybox', 'sh', '-c', script])
    expect(result).toMatchObject({exitCode: 0, stdout: 'out\n', stderr: 'err\n'})
    expect(await berth.output('wait', 'quiet')).toBe('3')
    expect(await berth.run(['logs', 'quiet'])).toMatchObject({
      exitCode: 125,
      stderr:
        "Error: this container is using the 'passthrough' log driver, cannot read logs: this container is not logging output\n",
    })
  })

  it('passes input and the exit code', async () => {
    const result = await berth.run([...run, '--rm', '-i', 'busybox', 'sh', '-c', 'cat; exit 4'], {input: 'hello\n'})
    expect(result).toMatchObject({exitCode: 4, stdout: 'hello\n', stderr: ''})
  })

  it('refuses a terminal', async () => {
    const result = await berth.run([...run, '-t', 'busybox', 'true'])
    expect(result).toMatchObject({
      exitCode: 125,
      stderr: 'Error: the passthrough log driver cannot be used with a terminal\n',
    })
  })
})
