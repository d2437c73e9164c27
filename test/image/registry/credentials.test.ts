import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {resolveEnvironment} from '../../../src/config/environment.ts'
import {findCredentials} from '../../../src/image/index.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'berth-auth-'))
})
afterEach(() => rmSync(root, {recursive: true, force: true}))

function write(path: string, document: object): string {
  const full = join(root, path)
  mkdirSync(dirname(full), {recursive: true})
  writeFileSync(full, JSON.stringify(document))
  return full
}

const auth = (user: string) => ({auth: Buffer.from(`${user}:secret`).toString('base64')})
const runtimeFile = 'run/user/containers/auth.json'
const configFile = 'home/.config/containers/auth.json'
const dockerFile = 'home/.docker/config.json'

async function userFor(repository: string, named?: string, env: Readonly<Record<string, string>> = {}) {
  const variables = {HOME: join(root, 'home'), XDG_RUNTIME_DIR: join(root, 'run/user'), ...env}
  const found = await findCredentials(resolveEnvironment({env: variables, systemRoot: root}), repository, named)
  return found?.kind === 'password' ? found.username : found?.token
}

describe('credentials', () => {
  it('are those of the first file that has some', async () => {
    write('home/.dockercfg', {'r.io': auth('oldest')})
    expect(await userFor('r.io/a')).toBe('oldest')
    write(dockerFile, {auths: {'r.io': auth('docker')}})
    expect(await userFor('r.io/a')).toBe('docker')
    write(configFile, {auths: {'r.io': auth('config')}})
    expect(await userFor('r.io/a')).toBe('config')
    write(runtimeFile, {auths: {'r.io': auth('runtime')}})
    expect(await userFor('r.io/a')).toBe('runtime')
    // A file without an entry for the registry is passed over
    write(runtimeFile, {auths: {'other.io': auth('runtime')}})
    expect(await userFor('r.io/a')).toBe('config')
  })

  it('come from a named file alone', async () => {
    write(runtimeFile, {auths: {'r.io': auth('runtime')}})
    const named = write('named.json', {auths: {'r.io': auth('named')}})
    const empty = write('empty.json', {auths: {}})
    expect(await userFor('r.io/a', named)).toBe('named')
    expect(await userFor('r.io/a', undefined, {REGISTRY_AUTH_FILE: named})).toBe('named')
    expect(await userFor('r.io/a', empty, {REGISTRY_AUTH_FILE: named})).toBeUndefined()
  })

  it('are those of the longest key that fits the repository', async () => {
    write(runtimeFile, {
      auths: {
        'r.io': auth('host'),
        'r.io/team': auth('team'),
        'r.io/team/app': auth('app'),
        'https://index.docker.io/v1/': auth('hub'),
        'token.io': {identitytoken: 'refresh'},
      },
    })
    expect(await userFor('r.io/other')).toBe('host')
    expect(await userFor('r.io/team/other')).toBe('team')
    expect(await userFor('r.io/team/app')).toBe('app')
    expect(await userFor('r.io/teams')).toBe('host')
    expect(await userFor('docker.io/library/busybox')).toBe('hub')
    expect(await userFor('token.io/a')).toBe('refresh')
    expect(await userFor('unknown.io/a')).toBeUndefined()
  })

  it('refuse a file that is not what it should be, by its name', async () => {
    const path = write(runtimeFile, {auths: {'r.io': {auth: 7}}})
    await expect(userFor('r.io/a')).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringContaining(`${path}.auths.r.io.auth: must be a string`),
    })
  })
})
