import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {outputOf} from '../../helpers/command.ts'
import {openBerth, type TestEngine} from '../../helpers/engine.ts'
import {busyboxArchive} from '../../helpers/images.ts'
import {openPasswordStore} from '../../helpers/password-store.ts'
import {missingPrerequisite} from '../../helpers/prerequisites.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:pass', 'program:gpg')

describe.skipIf(missing)('secrets of the pass driver', () => {
  it('lie encrypted in a store that pass made and reads, and come to containers', async () => {
    await using place = temporaryDirectory()
    await using store = await openPasswordStore(place.path)
    await using berth = openBerth({runtime: 'runc'})
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const word = join(place.path, 'word')
    writeFileSync(word, 'swordfish')
    const options = ['--driver-opts', `root=${store.root},gpghomedir=${store.home}`]
    const id = await berth.output('secret', 'create', '--driver', 'pass', ...options, 'word', word)

    expect(readdirSync(store.root).sort()).toEqual(['.gpg-id', `${id}.gpg`])
    expect(readFileSync(join(store.root, `${id}.gpg`)).includes('swordfish')).toBe(false)
    expect(await outputOf('pass', ['show', id], {env: store.env})).toBe('swordfish')
    expect(await read(berth)).toBe('swordfish')
    expect(await berth.output('secret', 'inspect', '--showsecret', '-f', '{{.SecretData}}', 'word')).toBe('swordfish')
    expect(await berth.output('secret', 'inspect', '-f', '{{.Spec.Driver.Name}}', 'word')).toBe('pass')

    // What pass changes is what the next container gets.
    await store.change(id, 'marlin')
    expect(await read(berth)).toBe('marlin')

    await berth.output('secret', 'rm', 'word')
    expect(readdirSync(store.root)).toEqual(['.gpg-id'])
  })

  it('are refused by a key that is not there, and nothing is left', async () => {
    await using place = temporaryDirectory()
    await using store = await openPasswordStore(place.path)
    await using berth = openBerth({runtime: 'runc'})
    const word = join(place.path, 'word')
    writeFileSync(word, 'swordfish')
    const options = ['--driver-opts', `root=${store.root},gpghomedir=${store.home},key=nobody@example.org`]
    const refused = await berth.run(['secret', 'create', '--driver', 'pass', ...options, 'word', word])
    expect(refused).toMatchObject({exitCode: 125, stdout: ''})
    expect(refused.stderr).toMatch(/^Error: .*gpg.*\n$/)
    expect(await berth.output('secret', 'ls', '-q')).toBe('')
    expect(readdirSync(store.root)).toEqual(['.gpg-id'])
  })
})

function read(berth: TestEngine): Promise<string> {
  const secret = ['--secret', 'word', 'localhost/busybox', 'cat', '/run/secrets/word']
  return berth.output('run', '--rm', '--network', 'none', ...secret)
}
