import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {hostname, tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {resolvConf} from '../../../src/oci/spec/files/resolv-conf.ts'
import {type NetworkFacts, writeContainerFiles} from '../../../src/oci/spec/index.ts'
import {configOf} from '../../specgen/command-line.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-files-'))
})

afterEach(() => rmSync(directory, {recursive: true, force: true}))

const noNetwork: NetworkFacts = {addresses: [], hasIPv6: false, dnsServers: [], dnsSearches: []}

function write(args: readonly string[], network: Partial<NetworkFacts> = {}) {
  const config = configOf([...args, 'busybox', 'true'])
  const mounts = writeContainerFiles(config, {
    ...{directory, rootfs: directory, engine: 'berth-9.9.9', rootless: false},
    network: {...noNetwork, ...network},
    image: {name: 'localhost/busybox:latest', id: 'abc'},
  })
  return {config, mounts, destinations: mounts.map(({destination}) => destination)}
}

function read(name: string): string {
  return readFileSync(join(directory, name), 'utf8')
}

describe('/etc/hosts', () => {
  it('has extra hosts, the base, the host and the container, in this order', () => {
    const base = join(directory, 'base')
    writeFileSync(base, '127.0.0.1 localhost # comment\n\n::1 ip6\n')
    write(['--hosts-file', base, '--add-host', 'db;database:10.0.0.9', '--hostname', 'web', '--name', 'front'], {
      addresses: [{ip: '10.88.0.5', names: ['web', 'front']}],
      hostAddress: '10.88.0.1',
    })
    expect(read('hosts')).toBe(
      '10.0.0.9\tdb database\n127.0.0.1\tlocalhost\n::1\tip6\n' +
        '10.88.0.1\thost.containers.internal host.docker.internal\n10.88.0.5\tweb front\n',
    )
  })

  it('resolves host-gateway, and does not give a name twice', () => {
    write(['--hosts-file', 'none', '--add-host', 'host.docker.internal:host-gateway'], {hostAddress: '10.88.0.1'})
    const lines = read('hosts').split('\n')
    expect(lines.slice(0, 2)).toEqual(['10.88.0.1\thost.docker.internal', '10.88.0.1\thost.containers.internal'])
  })

  it("starts from the image's file when told to", () => {
    mkdirSync(join(directory, 'etc'))
    writeFileSync(join(directory, 'etc/hosts'), '9.9.9.9 from-image\n')
    write(['--hosts-file', 'image'])
    expect(read('hosts')).toContain('9.9.9.9\tfrom-image\n')
  })

  it('is left alone with --no-hosts and when the request mounts its own', () => {
    expect(write(['--no-hosts']).destinations).not.toContain('/etc/hosts')
    expect(write(['-v', '/etc/hosts:/etc/hosts']).destinations).not.toContain('/etc/hosts')
  })

  it('is that of the container whose network is shared', () => {
    const {mounts} = write([], {shared: {hosts: '/other/hosts', resolvConf: '/other/resolv.conf'}})
    expect(mounts.find(({destination}) => destination === '/etc/hosts')?.source).toBe('/other/hosts')
    expect(mounts.find(({destination}) => destination === '/etc/resolv.conf')?.source).toBe('/other/resolv.conf')
  })
})

describe('/etc/resolv.conf', () => {
  const dns = {servers: [], searches: [], options: []}

  it("takes the networks' servers first, then those asked for", () => {
    const asked = {servers: ['1.1.1.1'], searches: ['x.y'], options: ['ndots:1']}
    expect(resolvConf(asked, noNetwork, false)).toBe('search x.y\nnameserver 1.1.1.1\noptions ndots:1\n')
    expect(resolvConf(asked, {...noNetwork, dnsServers: ['10.89.0.1']}, false)).toContain('nameserver 10.89.0.1\n')
  })

  it('takes a search domain of one dot for none', () => {
    expect(resolvConf({...dns, searches: ['.'], servers: ['1.1.1.1']}, noNetwork, false)).not.toContain('search')
  })

  it('is not made without a network, nor for --dns none', () => {
    expect(write(['--network', 'none']).destinations).not.toContain('/etc/resolv.conf')
    expect(write(['--dns', 'none']).destinations).not.toContain('/etc/resolv.conf')
    expect(write([]).destinations).toContain('/etc/resolv.conf')
  })
})

describe('the other files', () => {
  it('are the host name and an empty .containerenv', () => {
    const {config, destinations} = write([])
    expect(destinations).toEqual(['/etc/hosts', '/etc/resolv.conf', '/etc/hostname', '/run/.containerenv'])
    expect(read('hostname')).toBe(`${config.id.slice(0, 12)}\n`)
    expect(read('.containerenv')).toBe('')
  })

  it("tell a privileged container more, and the host's name on its network", () => {
    write(['--privileged', '--network', 'host', '--name', 'me'])
    expect(read('.containerenv')).toMatch(
      /^engine="berth-9\.9\.9"\nname="me"\nid="[0-9a-f]{64}"\nimage="localhost\/busybox:latest"\nimageid="abc"\nrootless=0\n$/,
    )
    expect(read('hostname')).toBe(`${hostname()}\n`)
  })

  it('include the time zone, and are mounted read-only over a read-only root', () => {
    const {mounts, destinations} = write(['--tz', 'local', '--read-only', '--no-hostname'])
    expect(destinations).toContain('/etc/localtime')
    expect(destinations).not.toContain('/etc/hostname')
    expect(mounts[0]?.options).toEqual(['bind', 'rprivate', 'ro', 'nosuid', 'noexec', 'nodev'])
  })

  it('also lie in the directories of --chrootdirs', () => {
    expect(write(['--chrootdirs', '/jail']).destinations).toContain('/jail/etc/hosts')
  })
})
