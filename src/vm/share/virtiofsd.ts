import {closeSync, openSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {identifyProcess, listenUnix, mount, mountFlags, type ProcessIdentity, spawnDetached} from '../../host/index.ts'
import type {Share} from '../hypervisor/hypervisor.ts'

/** By which the guest mounts the share: as what only it changes, or as what others change too. */
export const shareTags = {trusting: 'berth', exact: 'berth-exact'} as const

interface Server {
  readonly tag: string
  /** In the sandbox's directory, as its log. */
  readonly socket: string
  readonly log: string
}

const trusting: Server = {tag: shareTags.trusting, socket: 'virtiofsd.sock', log: 'virtiofsd.log'}
const exact: Server = {tag: shareTags.exact, socket: 'virtiofsd-exact.sock', log: 'virtiofsd-exact.log'}

export const virtiofsdShare: Share = {kind: 'virtiofs', servers: [trusting, exact]}

/**
 * Only their container changes root file systems. A name counts as known for 20 ms, which is less than a command of the host
 * takes to start, so that what `cp` wrote is there for the next look. Each step of a path that the guest does not trust is a
 * question to the host, and a C library that looks at /etc/localtime for each time it converts asks nothing else.
 */
const ROOTFS_TRUST_MS = 20

/**
 * Starts the daemons that serve the share to one machine, in namespaces of their own with the share as their root; they end with
 * the machine. What is mounted in the share later reaches them because the share is a shared mount of its own. The host sees
 * the guest's changes at once.
 *
 * @param volumeTrustMs how long a name in volumes and binds, which others change too, counts as known
 */
export async function startVirtiofsd(
  program: string,
  directory: string,
  volumeTrustMs: number,
): Promise<ProcessIdentity[]> {
  const share = join(directory, 'share')
  mount(share, share, '', mountFlags.bind)
  mount('', share, '', mountFlags.shared)
  const first = await startServer(program, directory, trusting, ROOTFS_TRUST_MS)
  return [first, await startServer(program, directory, exact, volumeTrustMs)]
}

async function startServer(
  program: string,
  directory: string,
  server: Server,
  trustMs: number,
): Promise<ProcessIdentity> {
  const log = openSync(join(directory, server.log), 'w', 0o600)
  // It listens before the daemon runs, so that the hypervisor can connect at once. By path, QEMU's virtiofsd would also lock a
  // file of that name for all machines of the host.
  const listener = listenUnix(join(directory, server.socket))
  try {
    const stdio = ['ignore', log, log, listener] as const
    const words = daemonArguments(join(directory, 'share'), trustMs)
    const child = await spawnDetached(program, words, {cwd: directory, env: {}, stdio})
    child.release()
    return identifyProcess(child.pid) ?? {pid: child.pid, startTicks: -1}
  } finally {
    closeSync(listener)
    closeSync(log)
  }
}

/** With `cache=auto` content is read anew at each open, and so at each start of a program; else when times or size changed. */
function daemonArguments(share: string, trustMs: number): string[] {
  const caching = [trustMs === 0 ? 'cache=auto' : 'cache=always', `timeout=${trustMs / 1000}`]
  const options = [...caching, 'xattr', 'posix_acl', 'sandbox=namespace', 'announce_submounts']
  return ['-f', '--fd=3', `--rlimit-nofile=${openFilesLimit()}`, '-o', `source=${share}`, '-o', options.join(',')]
}

/** Its own default asks for more than a process without CAP_SYS_RESOURCE may have. */
function openFilesLimit(): number {
  const hard = /^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return Math.min(Number(hard ?? 1024), 1_000_000)
}
