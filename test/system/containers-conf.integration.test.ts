import {readdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {type HostNetwork, openHostNetwork} from '../helpers/host-network.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

const configuration = `
[containers]
env_host = true
host_containers_internal_ip = "10.9.8.7"
prepare_volume_on_create = true
[engine]
events_logger = "file"
events_container_create_inspect_data = true
image_parallel_copies = 1
infra_image = "localhost/busybox"
infra_command = "sleep 1000"
[engine.platform_to_oci_runtime]
"linux/${process.arch === 'x64' ? 'amd64' : 'arm64'}" = "/usr/sbin/runc"
[network]
dns_bind_port = 5353
`

/** Keys of containers.conf that no option of the command line stands for: each has to have its effect. */
describe('containers.conf', () => {
  const files = temporaryDirectory()
  const path = join(files.path, 'containers.conf')
  let host: HostNetwork
  let berth: TestEngine

  beforeAll(async () => {
    writeFileSync(path, configuration)
    host = await openHostNetwork()
    berth = openBerth({host, env: {CONTAINERS_CONF: path, FROM_HOST: 'wind'}})
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
  afterAll(async () => {
    await berth?.run(['pod', 'rm', '-fa', '-t', '0'])
    await berth?.[Symbol.asyncDispose]()
    await host?.[Symbol.asyncDispose]()
    await files[Symbol.asyncDispose]()
  })

  it('gives the variables of the host, unless told not to', async () => {
    const asked = ['busybox', 'sh', '-c', 'echo "$FROM_HOST"']
    expect(await berth.output('run', '--rm', '--network', 'none', ...asked)).toBe('wind')
    expect(await berth.output('run', '--rm', '--network', 'none', '--env-host=false', ...asked)).toBe('')
  })

  it('says what address the host has', async () => {
    expect(await berth.output('run', '--rm', 'busybox', 'grep', 'containers.internal', '/etc/hosts')).toBe(
      '10.9.8.7\thost.containers.internal host.docker.internal',
    )
  })

  it('fills a volume when the container is made, and describes it in the event', async () => {
    const id = await berth.output(
      'create',
      '--name',
      'made',
      '-v',
      'filled:/etc',
      '--network',
      'none',
      'busybox',
      'true',
    )
    const volume = await berth.output('volume', 'inspect', 'filled', '--format', '{{.Mountpoint}}')
    expect(readdirSync(volume)).toContain('passwd')
    expect(await berth.output('inspect', 'made', '--format', '{{.OCIRuntime}}')).toBe('/usr/sbin/runc')
    const events = ['events', '--stream=false', '--since', '10m', '--filter', 'event=create']
    const described = await berth.output(
      ...events,
      '--filter',
      'container=made',
      '--format',
      '{{.ContainerInspectData}}',
    )
    expect(JSON.parse(described)).toMatchObject({Id: id, Name: 'made', Mounts: [{Name: 'filled', Destination: '/etc'}]})
    expect(await berth.output('start', '-a', 'made')).toBe('')
  })

  it('leaves no container whose volume cannot be filled', async () => {
    await berth.output('volume', 'create', 'spoiled')
    const directory = await berth.output('volume', 'inspect', 'spoiled', '--format', '{{.Mountpoint}}')
    rmSync(directory, {recursive: true})
    writeFileSync(directory, 'no directory')
    const volumes = ['-v', 'spoiled:/etc', '-v', '/bin']
    const failed = await berth.run(['create', '--name', 'never', '--network', 'none', ...volumes, 'busybox', 'true'])
    expect(failed).toMatchObject({exitCode: 125, stdout: ''})
    expect(failed.stderr).toMatch(/^Error: .*\n$/)
    expect(await berth.output('ps', '-aq', '--external', '--filter', 'name=never')).toBe('')
    expect(await berth.output('volume', 'ls', '-q', '--filter', 'dangling=true')).toBe('spoiled')
    await berth.output('volume', 'rm', 'spoiled')
  })

  it('makes infra containers of an image and a command of one’s own', async () => {
    await berth.output('pod', 'create', '--name', 'group', '--network', 'none')
    expect(await berth.output('ps', '-a', '--filter', 'pod=group', '--format', '{{.Image}} {{.Command}}')).toBe(
      'localhost/busybox:latest sleep 1000',
    )
  })

  it('answers names on another port', async () => {
    await berth.output('network', 'create', 'named')
    await berth.output('run', '-d', '--name', 'server', '--network', 'named', 'busybox', 'sleep', '600')
    const asked = await berth.output('run', '--rm', '--network', 'named', 'busybox', 'nslookup', 'server.dns.podman')
    const address = await berth.output('inspect', 'server', '--format', '{{.NetworkSettings.Networks.named.IPAddress}}')
    expect(asked).toContain(address)
  })
})
