import {chmodSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {runCommand} from '../../helpers/command.ts'
import {openBerth, type TestEngine} from '../../helpers/engine.ts'
import {busyboxArchive} from '../../helpers/images.ts'
import {openPodman} from '../../helpers/podman.ts'
import {missingPrerequisite} from '../../helpers/prerequisites.ts'
import {normalize} from '../oracle/normalize.ts'

const scripts = join(import.meta.dirname, '../../fixtures/scripts')
const missing = missingPrerequisite('root', 'program:podman', 'program:runc', 'program:conmon', 'program:jq')

describe.skipIf(missing)('scripts that call podman do the same with Berth in its place', () => {
  let podman: TestEngine
  let berth: TestEngine

  beforeAll(async () => {
    podman = openPodman({networkMode: 'none'})
    berth = openBerth({env: podman.setup.env})
    for (const engine of [podman, berth]) await engine.output('load', '-q', '-i', await busyboxArchive())
  })

  afterAll(async () => {
    // Berth reads podman's configuration file, which goes with podman.
    await berth[Symbol.asyncDispose]()
    await podman[Symbol.asyncDispose]()
  })

  test.each(readdirSync(scripts).sort())('%s', {timeout: 180_000}, async (script) => {
    const theirs = await runScript(script, podman)
    expect(theirs.output, 'podman itself').not.toBe('')
    expect(await runScript(script, berth)).toEqual(theirs)
  })
})

/** In a directory of its own, with a `podman` first on the path that is the engine in question. */
async function runScript(script: string, engine: TestEngine) {
  const {program, globalArgs, env} = engine.setup
  const place = join(engine.directory, `script-${script}`)
  const programs = join(place, 'bin')
  mkdirSync(programs, {recursive: true})
  const standIn = join(programs, 'podman')
  const path = program === 'podman' ? '/usr/bin/podman' : program
  writeFileSync(standIn, `#!/bin/sh\nexec ${path} ${globalArgs.join(' ')} "$@"\n`)
  chmodSync(standIn, 0o755)
  // A script lists all containers, and podman takes its time to remove one whose reader has gone.
  await engine.run(['rm', '-fa', '-t', '0'])
  const work = mkdtempSync(join(place, 'work-'))
  const result = await runCommand(join(scripts, script), [], {
    cwd: work,
    env: {...env, PATH: `${programs}:${process.env.PATH}`},
    timeoutMs: 170_000,
  })
  return {
    exitCode: result.exitCode,
    output: normalize(result.stdout, engine.directory),
    errors: normalize(result.stderr, engine.directory),
  }
}
