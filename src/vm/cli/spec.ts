import {existsSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, systemReason} from '../../errors/index.ts'
import type {Spec} from '../../oci/types/runtime-spec.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: 'write a config.json to start from',
  usage: '',
  options: {bundle: {kind: 'value', short: 'b', valueName: 'DIR', summary: 'where (default: the current directory)'}},
  args: [0, 0],
  async run({options}) {
    const path = join(options.value('bundle') ?? '.', 'config.json')
    if (existsSync(path)) throw new EngineError('ERR_REFUSED', `file ${path} exists. Remove it first`)
    try {
      writeFileSync(path, `${JSON.stringify(exampleSpec, null, '\t')}\n`, {mode: 0o666})
    } catch (cause) {
      throw new EngineError('ERR_REFUSED', `open ${path}: ${systemReason(cause)}`, {cause})
    }
    return 0
  },
}

const capabilities = ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE']
const usual = ['nosuid', 'noexec', 'nodev']

/** A shell in a read-only root, with namespaces of its own and the usual kernel file systems. */
const exampleSpec: Spec = {
  ociVersion: '1.0.2',
  process: {
    terminal: true,
    user: {uid: 0, gid: 0},
    args: ['sh'],
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'TERM=xterm'],
    cwd: '/',
    capabilities: {bounding: capabilities, effective: capabilities, permitted: capabilities},
    rlimits: [{type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024}],
    noNewPrivileges: true,
  },
  root: {path: 'rootfs', readonly: true},
  hostname: 'berth',
  mounts: [
    {destination: '/proc', type: 'proc', source: 'proc'},
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    {destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: [...usual, 'mode=1777', 'size=65536k']},
    {destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: usual},
    {destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...usual, 'ro']},
    {destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [...usual, 'relatime', 'ro']},
  ],
  linux: {
    resources: {devices: [{allow: false, access: 'rwm'}]},
    namespaces: [{type: 'pid'}, {type: 'network'}, {type: 'ipc'}, {type: 'uts'}, {type: 'mount'}, {type: 'cgroup'}],
    maskedPaths: [
      '/proc/acpi',
      '/proc/asound',
      '/proc/kcore',
      '/proc/keys',
      '/proc/latency_stats',
      '/proc/timer_list',
      '/sys/firmware',
    ],
    readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
  },
}
