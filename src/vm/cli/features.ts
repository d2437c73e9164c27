import type {Verb} from './verb.ts'
import {version} from './version.ts'

export const verb: Verb = {
  summary: 'print what the runtime supports as JSON',
  usage: '',
  options: {},
  args: [0, 0],
  async run({print}) {
    print(JSON.stringify(features(), null, 2))
    return 0
  },
}

/** @see https://github.com/opencontainers/runtime-spec/blob/v1.1.0/features.md */
function features(): object {
  return {
    ociVersionMin: '1.0.0',
    ociVersionMax: '1.1.0',
    hooks: ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'],
    mountOptions: [
      ...[
        'async',
        'atime',
        'bind',
        'defaults',
        'dev',
        'diratime',
        'dirsync',
        'exec',
        'iversion',
        'lazytime',
        'mand',
        'noatime',
      ],
      ...[
        'nodev',
        'nodiratime',
        'noexec',
        'norelatime',
        'nostrictatime',
        'nosuid',
        'private',
        'rbind',
        'relatime',
        'remount',
      ],
      ...['ro', 'rprivate', 'rshared', 'rslave', 'rw', 'shared', 'slave', 'strictatime', 'suid', 'sync', 'tmpcopyup'],
    ],
    linux: {
      namespaces: ['cgroup', 'ipc', 'mount', 'network', 'pid', 'user', 'uts'],
      cgroup: {v1: true, v2: true, systemd: true, systemdUser: false, rdma: false},
      seccomp: {enabled: true},
      apparmor: {enabled: false},
      selinux: {enabled: false},
      intelRdt: {enabled: false},
    },
    annotations: {'io.berth.vm.version': version(), 'run.oci.crun.guest': 'true'},
  }
}
