import {writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../../helpers/engine.ts'
import {busyboxArchive} from '../../helpers/images.ts'
import {missingPrerequisite} from '../../helpers/prerequisites.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'
import {VolumePluginServer} from '../../helpers/volume-plugin-server.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon')

describe.skipIf(missing)('volumes of a plugin', () => {
  let place: ReturnType<typeof temporaryDirectory>
  let plugin: VolumePluginServer
  let berth: TestEngine
  beforeEach(async () => {
    place = temporaryDirectory()
    plugin = await VolumePluginServer.start(place.path)
    const conf = join(place.path, 'containers.conf')
    const [other, silent] = [join(place.path, 'nobody.sock'), join(place.path, 'silent.sock')]
    writeFileSync(
      conf,
      `[engine]\nvolume_plugin_timeout = 1\n[engine.volume_plugins]\nours = "${plugin.socket}"\ngone = "${other}"\nsilent = "${silent}"\n`,
    )
    berth = openBerth({globalArgs: ['--runtime', 'runc'], env: {CONTAINERS_CONF: conf}})
  })
  afterEach(async () => {
    await berth[Symbol.asyncDispose]()
    await plugin[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  it('are made, mounted for containers, unmounted after the last and removed', async () => {
    await berth.output('load', '-q', '-i', await busyboxArchive())
    expect(await berth.output('volume', 'create', '--driver', 'ours', '-o', 'colour=red', 'data')).toBe('data')
    expect(plugin.volumes.get('data')).toEqual({colour: 'red'})
    const command = ['busybox', 'sh', '-c', 'echo text > /data/file']
    await berth.output('run', '--rm', '--network', 'none', '-v', 'data:/data', ...command)
    expect(plugin.read('data', 'file')).toBe('text\n')
    expect(plugin.methods).toEqual(['Create', 'Mount', 'Unmount'].map((each) => `VolumeDriver.${each}`))
    const [volume] = JSON.parse(await berth.output('volume', 'inspect', 'data')) as Record<string, unknown>[]
    expect(volume).toMatchObject({
      Driver: 'ours',
      Options: {colour: 'red'},
      Status: {made: 'by the test'},
      MountCount: 0,
    })
    expect(await berth.output('volume', 'ls', '-q', '--filter', 'driver=ours')).toBe('data')
    await berth.output('volume', 'rm', 'data')
    expect(plugin.volumes.size).toBe(0)
    expect(await berth.output('volume', 'ls', '-q')).toBe('')
  })

  it('are not what a run makes that gives options in --mount', async () => {
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const refused = await berth.run([
      'run',
      '--rm',
      '--mount',
      'type=volume,src=x,dst=/x,volume-opt=a=b',
      'busybox',
      'true',
    ])
    expect(refused).toMatchObject({exitCode: 125})
    expect(refused.stderr).toContain(`creating named volume "x": invalid mount option a for driver 'local'`)
  })

  it('of one user are mounted once for two containers', async () => {
    await berth.output('load', '-q', '-i', await busyboxArchive())
    await berth.output('volume', 'create', '-d', 'ours', 'data')
    const run = ['run', '-d', '--network', 'none', '-v', 'data:/data', 'busybox', 'sleep', '100']
    const one = await berth.output(...run)
    const two = await berth.output(...run)
    await berth.output('rm', '-f', '-t', '0', one)
    expect(plugin.methods.filter((method) => /nmount|Mount/.test(method))).toEqual(['VolumeDriver.Mount'])
    expect((await berth.run(['volume', 'rm', 'data'])).exitCode).toBe(2)
    await berth.output('rm', '-f', '-t', '0', two)
    expect(plugin.methods.at(-1)).toBe('VolumeDriver.Unmount')
  })

  it('that the plugin made or lost by itself are learned by reload', async () => {
    await berth.output('volume', 'create', '-d', 'ours', 'lost')
    plugin.volumes.delete('lost')
    plugin.make('found')
    plugin.write('found', 'file', 'from the plugin')
    const reloaded = await berth.run(['volume', 'reload'])
    expect(reloaded.stdout).toBe('Added:\nfound\nRemoved:\nlost\n')
    expect(reloaded.stderr).toContain('volume plugin gone at')
    const archive = join(place.path, 'found.tar')
    await berth.output('volume', 'export', 'found', '-o', archive)
    expect(plugin.methods.slice(-2)).toEqual(['VolumeDriver.Mount', 'VolumeDriver.Unmount'])
  })

  it('leave nothing when the plugin refuses, is not there or says nothing', async () => {
    plugin.fail.set('VolumeDriver.Create', 'out of discs')
    expect(await berth.run(['volume', 'create', '-d', 'ours', 'data'])).toMatchObject({
      exitCode: 125,
      stderr: 'Error: volume plugin ours: VolumeDriver.Create: out of discs\n',
    })
    expect((await berth.run(['volume', 'create', '-d', 'gone', 'data'])).stderr).toContain('required plugin missing')
    const silent = createServer(() => {}).listen(join(place.path, 'silent.sock'))
    const late = await berth.run(['volume', 'create', '-d', 'silent', 'data'])
    silent.close()
    expect(late.stderr).toContain('Plugin.Activate: no answer within 1000 ms')
    expect(await berth.output('volume', 'ls', '-q')).toBe('')
  })

  it('keep the record when the plugin cannot remove them', async () => {
    await berth.output('volume', 'create', '-d', 'ours', 'data')
    plugin.fail.set('VolumeDriver.Remove', 'busy')
    expect((await berth.run(['volume', 'rm', 'data'])).stderr).toBe(
      'Error: volume plugin ours: VolumeDriver.Remove: busy\n',
    )
    expect(await berth.output('volume', 'ls', '-q')).toBe('data')
    plugin.fail.clear()
    await berth.output('volume', 'rm', 'data')
  })
})
