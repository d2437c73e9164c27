import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {TestEngine} from './engine.ts'
import type {HostNetwork} from './host-network.ts'
import {temporaryDirectory} from './temporary-directory.ts'

/** The installed podman on runc, as the one that knows: with a store, a run directory and a configuration of its own. */
export function openPodman(options: {readonly networkMode?: string; readonly host?: HostNetwork} = {}): TestEngine {
  const {path} = temporaryDirectory()
  const configuration = join(path, 'containers.conf')
  writeFileSync(configuration, containersConf(options.networkMode))
  return new TestEngine(path, {
    name: 'podman',
    program: 'podman',
    globalArgs: [
      ...['--root', join(path, 'root'), '--runroot', join(path, 'run'), '--tmpdir', join(path, 'tmp')],
      ...['--network-config-dir', join(path, 'networks')],
    ],
    host: options.host,
    env: {CONTAINERS_CONF: configuration},
  })
}

/**
 * podman asks for more open files and processes than this process may have, and lowers its own limit of processes;
 * without CAP_SYS_RESOURCE runc then fails. The capabilities are podman 5's: Debian's 4.3 has more.
 */
function containersConf(networkMode = 'private'): string {
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const files = Math.min(hardLimit(limits, 'Max open files'), 1_048_576)
  const processes = Math.min(hardLimit(limits, 'Max processes'), 30_000)
  return `[containers]
netns = "${networkMode}"
default_capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"]
default_ulimits = ["nofile=${files}:${files}", "nproc=${processes}:${processes}"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
default_network = "podman"
default_subnet = "10.88.0.0/16"
`
}

function hardLimit(limits: string, name: string): number {
  const line = limits.split('\n').find((candidate) => candidate.startsWith(name)) ?? ''
  const hard = line.slice(name.length).trim().split(/\s+/)[1]
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard)
}
