import {chmodSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {outputOf} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:gcc')

/** A conmon that is slow at just that moment loses what a short process writes, unless it has us on its list by then. */
describe.skipIf(missing)(`a process that ends at once${missing ? ` (${missing})` : ''}`, () => {
  const directory = temporaryDirectory()
  let berth: TestEngine

  beforeAll(async () => {
    berth = openBerth({runtime: 'runc', globalArgs: ['--conmon', await slowConmon(directory.path)]})
    await berth.output('load', '-q', '-i', await busyboxArchive())
    await berth.output('run', '-d', '--network', 'none', '--name', 'host', 'localhost/busybox', 'sleep', '1000')
  })
  afterAll(async () => {
    await berth[Symbol.asyncDispose]()
    await directory[Symbol.asyncDispose]()
  })

  const script = ['sh', '-c', 'echo out; echo err >&2']
  test.each([[[]], [['--log-driver', 'none']], [['--log-driver', 'none', '-i']]])(
    'run %j: all it wrote arrives',
    async (options) => {
      const result = await berth.run(['run', '--rm', '--network', 'none', ...options, 'localhost/busybox', ...script])
      expect(result).toMatchObject({stdout: 'out\n', stderr: 'err\n', exitCode: 0})
    },
  )

  test('run -t: all it wrote arrives', async () => {
    const result = await berth.run(['run', '--rm', '--network', 'none', '-t', 'localhost/busybox', ...script])
    expect(result).toMatchObject({stdout: 'out\r\nerr\r\n', stderr: '', exitCode: 0})
  })

  test('start --attach of one that was initialised before: all it wrote arrives', async () => {
    await berth.output('create', '--rm', '--network', 'none', '--name', 'ready', 'localhost/busybox', ...script)
    await berth.output('init', 'ready')
    expect(await berth.run(['start', '-a', 'ready'])).toMatchObject({stdout: 'out\n', stderr: 'err\n', exitCode: 0})
  })

  test.each([
    [[], {stdout: 'out\n', stderr: 'err\n'}],
    [['-t'], {stdout: 'out\r\nerr\r\n', stderr: ''}],
  ])('exec %j: all it wrote arrives', async (options, streams) => {
    expect(await berth.run(['exec', ...options, 'host', ...script])).toMatchObject({...streams, exitCode: 0})
  })
})

async function slowConmon(directory: string): Promise<string> {
  const [library, program] = [join(directory, 'late-look.so'), join(directory, 'conmon')]
  const source = join(import.meta.dirname, '../fixtures/late-look.c')
  await outputOf('gcc', ['-shared', '-fPIC', '-Wall', '-Werror', '-o', library, source, '-ldl'])
  writeFileSync(program, `#!/bin/sh\nLD_PRELOAD=${library} exec ${await outputOf('which', ['conmon'])} "$@"\n`)
  chmodSync(program, 0o755)
  return program
}
