import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {openBerth} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon')

describe.skipIf(missing)('--pidfile', () => {
  it('is written where the command runs, whoever writes it', async () => {
    await using berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const line = [
      'run',
      '-d',
      '--name',
      'c',
      '--network',
      'none',
      '--pidfile',
      'container.pid',
      'busybox',
      'sleep',
      '1000',
    ]
    expect(await berth.run(line, {cwd: berth.directory})).toMatchObject({exitCode: 0, stderr: ''})
    const written = readFileSync(join(berth.directory, 'container.pid'), 'utf8')
    expect(written).toBe(await berth.output('inspect', '--format', '{{.State.Pid}}', 'c'))
  })
})
