import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../../helpers/engine.ts'
import {busyboxArchive} from '../../helpers/images.ts'

let berth: TestEngine

beforeAll(async () => {
  berth = openBerth()
  await berth.output('load', '-q', '-i', await busyboxArchive())
  await berth.output('tag', 'localhost/busybox', 'localhost/tree')
  await berth.output('volume', 'create', '--driver', 'image', '--opt', 'image=localhost/tree', 'tree')
})
afterAll(() => berth[Symbol.asyncDispose]())

const inVolume = (script: string, image = 'localhost/busybox') =>
  berth.output('run', '--rm', '--network', 'none', '-v', 'tree:/tree', image, 'sh', '-c', script)

describe('a volume of an image', () => {
  it('keeps what is written to it, and the image as it was', async () => {
    await inVolume('rm /tree/bin/vi && echo kept >/tree/new')
    expect(await inVolume('ls /tree/bin/vi 2>&1; cat /tree/new')).toBe(
      'ls: /tree/bin/vi: No such file or directory\nkept',
    )
    expect(await berth.output('run', '--rm', '--network', 'none', 'localhost/tree', 'ls', '/bin/vi')).toBe('/bin/vi')
  })

  it('is exported whole, and is no leftover to those who look for some', async () => {
    const {stdout} = await berth.run(['volume', 'export', 'tree'])
    expect(stdout).toContain('bin/busybox')
    expect(await berth.output('system', 'check')).toBe('')
    await berth.output('volume', 'mount', 'tree')
    expect(await berth.output('volume', 'inspect', '--format', '{{.MountCount}}', 'tree')).toBe('1')
    await berth.output('volume', 'unmount', 'tree')
  })

  it('keeps the image from being removed, and outlives it when that is forced', async () => {
    await berth.output('rmi', 'localhost/tree')
    const {exitCode, stderr} = await berth.run(['rmi', 'localhost/busybox'])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^Error: image used by [0-9a-f]{64}: image is in use by a container: consider listing/)
    await berth.output('rmi', '-f', 'localhost/busybox')
    expect(await berth.output('images', '-q')).toBe('')
    await berth.output('load', '-q', '-i', await busyboxArchive())
    expect(await inVolume('cat /tree/new')).toBe('kept')
  })

  it('leaves no layer', async () => {
    await berth.output('volume', 'rm', 'tree')
    expect(await berth.output('ps', '-a', '--external', '-q')).toBe('')
    expect(await berth.output('system', 'check')).toBe('')
  })
})
