import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'

let berth: TestEngine
beforeAll(async () => {
  berth = openBerth()
  await berth.output('load', '-q', '-i', await busyboxArchive())
})
afterAll(() => berth[Symbol.asyncDispose]())

const failure = async (...args: readonly string[]) => {
  const {exitCode, stderr} = await berth.run(args)
  return `${exitCode} ${stderr.trimEnd()}`
}

describe('network', () => {
  it('is created, listed, described and removed', async () => {
    expect(
      await berth.output('network', 'create', '--subnet', '10.95.1.0/24', '--interface-name', 'btnet1', 'lab'),
    ).toBe('lab')
    expect(await berth.output('network', 'ls', '-q')).toBe('berth\nlab')
    expect(await berth.output('network', 'ls', '--format', '{{.Name}}|{{.Driver}}')).toBe('berth|bridge\nlab|bridge')
    const [described] = JSON.parse(await berth.output('network', 'inspect', 'lab'))
    expect(described).toMatchObject({
      name: 'lab',
      driver: 'bridge',
      subnets: [{subnet: '10.95.1.0/24', gateway: '10.95.1.1'}],
    })
    expect(await failure('network', 'create', 'lab')).toBe(
      '125 Error: network name lab already used: network already exists',
    )
    await berth.output('network', 'create', '--ignore', 'lab')
    expect(await berth.output('network', 'rm', 'lab')).toBe('lab')
    expect(await failure('network', 'rm', 'lab')).toBe(
      '1 Error: unable to find network with name or ID lab: network not found',
    )
    expect(await failure('network', 'rm', 'berth')).toBe('125 Error: default network berth cannot be removed')
  })

  it('joins containers by name and address, and is in use while it does', async () => {
    await berth.output('network', 'create', '--subnet', '10.95.2.0/24', '--interface-name', 'btnet2', 'lab2')
    await berth.output(
      'run',
      '-d',
      '--name',
      'server',
      '--network',
      'lab2',
      'busybox',
      'nc',
      '-ll',
      '-p',
      '80',
      '-e',
      'echo',
      'hello',
    )
    const answer = await berth.run([
      'run',
      '--rm',
      '--network',
      'lab2',
      'busybox',
      'sh',
      '-c',
      'sleep 2 | nc -w 10 server 80',
    ])
    expect(answer.stdout).toBe('hello\n')
    expect(await failure('network', 'rm', 'lab2')).toContain('2 Error: "lab2" has associated containers with it.')
    expect(await berth.output('network', 'rm', '-f', '-t', '0', 'lab2')).toBe('lab2')
    expect((await berth.run(['container', 'exists', 'server'])).exitCode).toBe(1)
  })

  it('publishes a port that the host reaches, and refuses one in use', async () => {
    const port = 20_000 + (process.pid % 20_000)
    await berth.output(
      'run',
      '-d',
      '--name',
      'web',
      '-p',
      `127.0.0.1:${port}:80`,
      'busybox',
      'nc',
      '-ll',
      '-p',
      '80',
      '-e',
      'echo',
      'hi',
    )
    expect(await berth.output('port', 'web')).toBe(`80/tcp -> 127.0.0.1:${port}`)
    const clash = await berth.run(['run', '--rm', '-p', `127.0.0.1:${port}:80`, 'busybox', 'true'])
    expect(clash).toMatchObject({exitCode: 126})
    expect(clash.stderr).toContain('address already in use')
    await berth.output('rm', '-f', '-t', '0', 'web')
  })
})

describe('volume', () => {
  it('outlives its containers, is copied up to once, and is in use while they are there', async () => {
    await berth.output(
      'run',
      '--rm',
      '--network',
      'none',
      '-v',
      'data:/etc',
      'busybox',
      'sh',
      '-c',
      'echo kept > /etc/kept',
    )
    expect(await berth.output('run', '--rm', '--network', 'none', '-v', 'data:/x', 'busybox', 'ls', '/x')).toMatch(
      /group\n[\s\S]*kept\n[\s\S]*passwd/,
    )
    await berth.output('create', '--name', 'user', '--network', 'none', '-v', 'data:/x', 'busybox')
    expect(await failure('volume', 'rm', 'data')).toMatch(
      /^2 Error: volume data is being used by the following container\(s\): [0-9a-f]{64}: volume is being used$/,
    )
    await berth.output('rm', 'user')
    expect(await berth.output('volume', 'rm', 'data')).toBe('data')
  })

  it('anonymous ones go with --rm', async () => {
    await berth.output('run', '--rm', '--network', 'none', '-v', '/anon', 'busybox', 'touch', '/anon/x')
    expect(await berth.output('volume', 'ls', '-q')).toBe('')
  })

  it('is exported and imported', async () => {
    await berth.output(
      'run',
      '--rm',
      '--network',
      'none',
      '-v',
      'from:/x',
      'busybox',
      'sh',
      '-c',
      'echo content > /x/file',
    )
    const archive = join(berth.directory, 'volume.tar')
    await berth.output('volume', 'export', '-o', archive, 'from')
    await berth.output('volume', 'create', 'to')
    await berth.output('volume', 'import', 'to', archive)
    expect(await berth.output('run', '--rm', '--network', 'none', '-v', 'to:/x:ro', 'busybox', 'cat', '/x/file')).toBe(
      'content',
    )
    expect((await berth.output('volume', 'prune', '-f')).split('\n').sort()).toEqual(['from', 'to'])
  })
})

describe('secret', () => {
  it('is seen in containers, and nowhere else', async () => {
    const file = join(berth.directory, 'token')
    writeFileSync(file, 'swordfish')
    const id = await berth.output('secret', 'create', 'token', file)
    expect(
      await berth.output(
        'run',
        '--rm',
        '--network',
        'none',
        '--secret',
        'token',
        'busybox',
        'cat',
        '/run/secrets/token',
      ),
    ).toBe('swordfish')
    const asVariable = ['--secret', 'token,type=env,target=TOKEN', 'busybox', 'sh', '-c', 'echo $TOKEN']
    expect(await berth.output('run', '--rm', '--network', 'none', ...asVariable)).toBe('swordfish')
    await berth.output('create', '--name', 'holder', '--network', 'none', ...asVariable)
    expect(await berth.output('inspect', 'holder')).not.toContain('swordfish')
    await berth.output('rm', 'holder')
    expect(await berth.output('secret', 'inspect', 'token')).not.toContain('swordfish')
    expect(await berth.output('secret', 'inspect', '--showsecret', '--format', '{{.SecretData}}', 'token')).toBe(
      'swordfish',
    )
    expect(await failure('secret', 'create', 'token', file)).toBe('125 Error: token: secret name in use')
    expect(await berth.output('secret', 'rm', 'token')).toBe(id)
  })
})
