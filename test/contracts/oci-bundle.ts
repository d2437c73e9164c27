import {cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Process, Spec} from '../../src/oci/types/runtime-spec.ts'

const applets =
  'sh cat echo ls sleep true false id uname hostname mount touch mkdir rm stty kill ps head dd sync ip nc wc seq tail md5sum stat ln chown chmod mkfifo test env pwd'

/** A directory with a root file system of busybox; bundles are made below it. */
export function makeRootfs(): string {
  const directory = mkdtempSync(join(tmpdir(), 'bt-oci-'))
  for (const name of ['bin', 'dev', 'proc', 'sys', 'tmp', 'etc', 'mnt'])
    mkdirSync(join(directory, 'rootfs', name), {recursive: true})
  cpSync('/bin/busybox', join(directory, 'rootfs/bin/busybox'))
  for (const applet of applets.split(' ')) symlinkSync('busybox', join(directory, 'rootfs/bin', applet))
  return directory
}

let count = 0

export interface BundleOptions {
  readonly args?: readonly string[]
  readonly process?: Partial<Process>
  /** Changes the finished config.json. */
  readonly change?: (spec: Spec) => void
}

/** Writes a bundle beside the root file system and returns its directory. */
export function makeBundle(directory: string, options: BundleOptions = {}): string {
  const bundle = join(directory, `bundle-${count++}`)
  mkdirSync(bundle)
  const spec = minimalSpec(join(directory, 'rootfs'), options)
  options.change?.(spec)
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(spec))
  return bundle
}

function minimalSpec(rootfs: string, {args = ['true'], process}: BundleOptions): Spec {
  const capabilities = [
    'CAP_AUDIT_WRITE',
    'CAP_KILL',
    'CAP_NET_BIND_SERVICE',
    'CAP_CHOWN',
    'CAP_DAC_OVERRIDE',
    'CAP_SETUID',
    'CAP_SETGID',
    'CAP_FOWNER',
  ]
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: {uid: 0, gid: 0},
      args: [...args],
      env: ['PATH=/bin', 'COLOUR=red'],
      cwd: '/',
      capabilities: {bounding: capabilities, effective: capabilities, permitted: capabilities},
      noNewPrivileges: true,
      ...process,
    },
    root: {path: rootfs, readonly: false},
    hostname: 'contract',
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
        options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
      },
      {
        destination: '/dev/shm',
        type: 'tmpfs',
        source: 'shm',
        options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=8192k'],
      },
      {destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro']},
    ],
    linux: {
      namespaces: [{type: 'pid'}, {type: 'network'}, {type: 'ipc'}, {type: 'uts'}, {type: 'mount'}],
      maskedPaths: ['/proc/cpuinfo'],
      readonlyPaths: ['/proc/sys'],
    },
  }
}
