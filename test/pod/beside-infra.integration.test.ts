import {rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {testRuntime, visibleOnHost} from '../helpers/runtime.ts'

let berth: TestEngine
/** While it is there, the runtime makes containers but starts none. */
let refuses: string
let runtime: string

beforeAll(async () => {
  berth = openBerth()
  refuses = join(berth.directory, 'refuses')
  runtime = join(berth.directory, 'runtime')
  const script = `#!/bin/sh
for word; do [ "$word" = start ] && [ -e ${refuses} ] && { echo "no start today" >&2; exit 1; }; done
exec ${testRuntime} "$@"
`
  writeFileSync(runtime, script, {mode: 0o755})
  await berth.output('load', '-q', '-i', await busyboxArchive())
})
afterAll(() => berth[Symbol.asyncDispose]())

const status = (name: string) => berth.output('inspect', '--format', '{{.State.Status}} {{.State.Pid}}', name)

describe.runIf(visibleOnHost)('a pod whose infra container is made but not started', () => {
  it('has its other containers taken back, and starts the next time', async () => {
    const command = (...words: string[]) => ['--runtime', runtime, ...words]
    await berth.output(...command('pod', 'create', '--network', 'none', '--name', 'late'))
    const create = (name: string, ...more: string[]) =>
      berth.output(...command('create', '--pod', 'late', '--name', name, ...more, 'busybox', 'sleep', '1000'))
    await create('kept')
    await create('brief', '--rm')
    writeFileSync(refuses, '')

    const {exitCode, stderr} = await berth.run(command('pod', 'start', 'late'))
    expect(exitCode).toBe(125)
    expect(stderr.match(/no start today/g)).toHaveLength(3)
    for (const name of ['kept', 'brief']) expect(await status(name)).toBe('created 0')

    rmSync(refuses)
    await berth.output(...command('pod', 'start', 'late'))
    for (const name of ['kept', 'brief']) expect(await status(name)).toMatch(/^running [1-9]/)
    await berth.output('pod', 'rm', '-f', '-t', '0', 'late')
  })
})
