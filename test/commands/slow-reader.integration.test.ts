import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {outputOf, runCommand} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:python3')

/** A pipe whose other end takes its time; with O_NONBLOCK set, as a parent may leave it. */
const SLOW = `
import fcntl, os, subprocess, sys, time
reading, writing = os.pipe()
fcntl.fcntl(writing, fcntl.F_SETFL, os.O_NONBLOCK)
child = subprocess.Popen(sys.argv[1:], stdout=writing)
os.close(writing)
time.sleep(1)
total = 0
while chunk := os.read(reading, 65536):
    total += len(chunk)
print(child.wait(), total > 1000000)
`

describe.skipIf(missing)(`archives for a slow reader${missing ? ` (${missing})` : ''}`, () => {
  let berth: TestEngine
  beforeAll(async () => {
    berth = openBerth({runtime: 'runc'})
    await berth.output('load', '-q', '-i', await busyboxArchive())
    await berth.output('create', '--name', 'c', '--network', 'none', 'localhost/busybox', 'true')
  })
  afterAll(() => berth[Symbol.asyncDispose]())

  test.each([
    ['export', 'c'],
    ['save', 'localhost/busybox'],
    ['save', '--format', 'oci-archive', '--uncompressed', 'localhost/busybox'],
    ['cp', 'c:/bin', '-'],
  ])('%s %s: all of it arrives', async (...args) => {
    expect(await outputOf('python3', ['-c', SLOW, ...berth.commandLine(args)])).toBe('0 True')
  })

  test.each([
    ['export', 'c'],
    ['save', 'localhost/busybox'],
    ['volume', 'export', 'large'],
    ['cp', 'c:/bin', '-'],
  ])('%s %s: without a word when the reader has gone', async (...args) => {
    await berth.output('volume', 'create', '--ignore', 'large')
    const place = await berth.output('volume', 'inspect', '--format', '{{.Mountpoint}}', 'large')
    await writeFile(join(place, 'content'), Buffer.alloc(4_000_000, 'content'))
    const line = berth.commandLine(args).map((word) => `'${word}'`)
    const {stdout, stderr} = await runCommand('bash', [
      '-c',
      `${line.join(' ')} | head -c 10 >/dev/null; echo \${PIPESTATUS[0]}`,
    ])
    expect({stdout, stderr}).toEqual({stdout: '141\n', stderr: ''})
  })
})
