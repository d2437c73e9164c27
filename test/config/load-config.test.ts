import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type ConfigOptions, loadConfig} from '../../src/config/index.ts'

let systemRoot: string

beforeEach(() => {
  systemRoot = mkdtempSync(join(tmpdir(), 'berth-config-'))
})

afterEach(() => rmSync(systemRoot, {recursive: true, force: true}))

function file(path: string, text: string): string {
  const full = join(systemRoot, path)
  mkdirSync(dirname(full), {recursive: true})
  writeFileSync(full, text)
  return full
}

function load(options: ConfigOptions = {}) {
  return loadConfig({systemRoot, uid: 0, env: {HOME: join(systemRoot, 'home')}, ...options})
}

describe('files', () => {
  it('gives defaults without any file', () => {
    const config = load()
    expect(config).toMatchObject({root: '/var/lib/berth', runRoot: '/run/berth', rootless: false, files: []})
    expect(config.engine.runtime).toBe('berth-vm')
    expect(config.containers.defaultCapabilities).toHaveLength(11)
    expect(config.containers).toMatchObject({pidsLimit: 2048, umask: '0022', shmSizeBytes: 65_536_000})
  })

  it('lets later files win key by key: shipped, system, drop-ins by name, berth.conf', () => {
    file('usr/share/containers/containers.conf', '[containers]\npids_limit = 1\numask = "0027"\n')
    file('etc/containers/containers.conf', '[containers]\npids_limit = 2\ntz = "a"\n')
    file('etc/containers/containers.conf.d/20.conf', '[containers]\ntz = "c"\n')
    file('etc/containers/containers.conf.d/10.conf', '[containers]\ntz = "b"\n')
    file('etc/containers/containers.conf.d/30.txt', '[containers]\ntz = "not read"\n')
    file('etc/containers/berth.conf', '[engine]\nruntime = "crun"\n')
    const config = load()
    expect(config.containers).toMatchObject({pidsLimit: 2, umask: '0027', tz: 'c'})
    expect(config.engine.runtime).toBe('crun')
    expect(config.files.map((path) => path.slice(systemRoot.length + 1))).toEqual([
      'usr/share/containers/containers.conf',
      'etc/containers/containers.conf',
      'etc/containers/containers.conf.d/10.conf',
      'etc/containers/containers.conf.d/20.conf',
      'etc/containers/berth.conf',
    ])
  })

  it('replaces lists, and extends them after {append=true} until {append=false}', () => {
    file('usr/share/containers/containers.conf', '[containers]\nenv = ["A=1"]\nvolumes = ["/a:/a"]\n')
    file('etc/containers/containers.conf', '[containers]\nenv = ["B=2", {append=true}]\nvolumes = ["/b:/b"]\n')
    file('etc/containers/containers.conf.d/1.conf', '[containers]\nenv = ["C=3"]\n')
    expect(load().containers.env).toEqual(['A=1', 'B=2', 'C=3'])
    expect(load().containers.volumes).toEqual(['/b:/b'])
    file('etc/containers/containers.conf.d/2.conf', '[containers]\nenv = ["D=4", {append=false}]\n')
    expect(load().containers.env).toEqual(['D=4'])
  })

  it('extends built-in lists as well', () => {
    file('etc/containers/containers.conf', '[containers]\ndefault_capabilities = ["net_raw", {append=true}]\n')
    const {defaultCapabilities} = load().containers
    expect(defaultCapabilities).toContain('CAP_NET_RAW')
    expect(defaultCapabilities).toContain('CAP_CHOWN')
  })

  it("reads a user's own files", () => {
    file('home/.config/containers/containers.conf', '[engine]\nretry = 7\n')
    expect(load().engine.retry).toBe(3)
    const config = load({uid: 1000})
    expect(config).toMatchObject({rootless: true, engine: {retry: 7}})
    expect(config.root).toBe(join(systemRoot, 'home/.local/share/berth'))
  })

  it('looks for helpers first where the environment says', () => {
    file('etc/containers/containers.conf', '[engine]\nhelper_binaries_dir = ["/a"]\n')
    const env = {HOME: join(systemRoot, 'home'), CONTAINERS_HELPER_BINARY_DIR: '/mine'}
    expect(load({env}).engine.helperBinaryDirs).toEqual(['/mine', '/a'])
  })

  it('takes CONTAINERS_CONF alone, then modules, then the override', () => {
    file('etc/containers/containers.conf', '[engine]\nretry = 9\n')
    file('etc/containers/berth.conf', '[engine]\nretry = 8\n')
    file('etc/containers/containers.conf.modules/m.conf', '[containers]\ntz = "module"\numask = "0002"\n')
    const env = {
      CONTAINERS_CONF: file('own.conf', '[containers]\ntz = "own"\n'),
      CONTAINERS_CONF_OVERRIDE: file('over.conf', '[containers]\numask = "0007"\n'),
    }
    const config = load({env, globals: {modules: ['m.conf']}})
    expect(config.engine.retry).toBe(3)
    expect(config.containers).toMatchObject({tz: 'module', umask: '0007'})
  })
})

describe('mistakes', () => {
  it('name the file, line and column of malformed TOML', () => {
    const path = file('etc/containers/containers.conf', '# comment\n[engine]\nretry = = 3\n')
    expect(() => load()).toThrow(expect.objectContaining({code: 'ERR_CONFIG_INVALID'}))
    expect(() => load()).toThrow(`${path}: line 3, column `)
  })

  it.each([
    ['[engine]\nretry = "three"', '[engine] retry must be an integer'],
    ['[containers]\nenv = "A=1"', '[containers] env must be a list of strings'],
    ['[containers]\ncgroups = "some"', '[containers] cgroups must be one of "enabled"'],
    ['[containers]\nshm_size = "big"', '[containers] shm_size must be a size'],
    ['[engine.runtimes]\nrunc = "/usr/bin/runc"', '[engine.runtimes] runc must be a list of strings'],
    ['[network]\ndefault_subnet_pools = ["10.0.0.0/8"]', '[network] default_subnet_pools must be a list of {base'],
  ])('name file and key of a value of the wrong type: %s', (text, message) => {
    const path = file('etc/containers/containers.conf', text)
    expect(() => load()).toThrow(`${path}: ${message}`)
  })

  it('refuse a named file that is not there', () => {
    expect(() => load({env: {CONTAINERS_CONF: '/no/such'}})).toThrow(
      'CONTAINERS_CONF file: open /no/such: no such file',
    )
    expect(() => load({globals: {modules: ['none.conf']}})).toThrow('could not resolve module "none.conf"')
    expect(() => load({globals: {logLevel: 'loud'}})).toThrow('log level "loud" is not supported, choose from: trace,')
  })

  it('ignores unknown keys and a hash inside a multi-line string', () => {
    file('etc/containers/containers.conf', '[engine]\nfuture = 1\n[containers]\ntz = """\n# x"""\n')
    expect(load().containers.tz).toBe('# x')
  })
})

describe('storage', () => {
  it("does not take podman's own directories", () => {
    file(
      'etc/containers/storage.conf',
      '[storage]\ndriver = "vfs"\ngraphroot = "/var/lib/containers/storage"\n[storage.options.overlay]\nmountopt = "nodev,metacopy=on"\n',
    )
    expect(load()).toMatchObject({
      root: '/var/lib/berth',
      storage: {driver: 'vfs', mountOptions: ['nodev', 'metacopy=on']},
    })
  })

  it('follows a chosen disk with a directory of its own, and berth.conf and options exactly', () => {
    const env = {CONTAINERS_STORAGE_CONF: file('s.conf', '[storage]\ngraphroot = "/data/c"\nrunroot = "/run/c"\n')}
    expect(load({env})).toMatchObject({root: '/data/c/berth', runRoot: '/run/c/berth'})
    file('etc/containers/berth.conf', '[storage]\ngraphroot = "/data/b"\n')
    expect(load({env})).toMatchObject({root: '/data/b', runRoot: '/run/c/berth'})
    expect(load({env, globals: {root: '/x/y', runRoot: 'rel'}})).toMatchObject({
      root: '/x/y',
      runRoot: join(process.cwd(), 'rel'),
    })
  })

  it('reads the first storage.conf only, and reports what the options were', () => {
    file('etc/containers/storage.conf', '[storage.options.overlay]\nmount_program = "/usr/bin/fuse-overlayfs"\n')
    file('usr/share/containers/storage.conf', '[storage]\ndriver = "vfs"\n')
    expect(load().storage).toMatchObject({
      driver: 'overlay',
      mountProgram: '/usr/bin/fuse-overlayfs',
      options: ['overlay.mount_program=/usr/bin/fuse-overlayfs'],
    })
  })

  it('takes STORAGE_DRIVER and STORAGE_OPTS, and refuses a driver that was chosen and is not there', () => {
    expect(load({env: {STORAGE_DRIVER: 'vfs'}}).storage.driver).toBe('vfs')
    expect(load({env: {STORAGE_OPTS: 'overlay.mountopt=volatile'}}).storage.mountOptions).toEqual(['volatile'])
    expect(() => load({env: {STORAGE_OPTS: 'overlay.mountopt=volatile,x.y=1'}})).toThrow('overlay: Unknown option x.y')
    expect(() => load({globals: {storageOptions: ['size=1g']}})).toThrow('storage option size: not supported')
    expect(() => load({globals: {storageDriver: 'zfs'}})).toThrow('storage driver "zfs"')
    file('etc/containers/storage.conf', '[storage]\ndriver = "zfs"\n')
    expect(load().storage.driver).toBe('overlay')
  })
})

describe('global options', () => {
  it('beat files', () => {
    file('etc/containers/containers.conf', '[engine]\nruntime = "crun"\nevents_logger = "none"\nhooks_dir = ["/h"]\n')
    const globals = {
      runtime: '/opt/runc',
      runtimeFlags: ['--debug', 'log=x'],
      eventsBackend: 'file',
      cgroupManager: 'systemd',
      conmon: '/opt/conmon',
      hooksDirs: ['/g'],
      networkConfigDir: '/nets',
    }
    const config = load({globals})
    expect(config.engine).toMatchObject({
      runtime: '/opt/runc',
      runtimeFlags: ['debug', 'log=x'],
      eventsLogger: 'file',
      cgroupManager: 'systemd',
      conmonPaths: ['/opt/conmon'],
      hooksDirs: ['/g'],
    })
    expect(config.network.configDir).toBe('/nets')
    expect(() => load({globals: {cgroupManager: 'x'}})).toThrow('--cgroup-manager "x"')
  })

  it('leaves the configuration frozen', () => {
    expect(Object.isFrozen(load().containers.defaultCapabilities)).toBe(true)
  })
})
