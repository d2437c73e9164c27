import {closeSync, openSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {identifyProcess, listenUnix, mount, mountFlags, type ProcessIdentity, spawnDetached} from '../../host/index.ts'

/** In the sandbox's directory. */
export const virtiofsdSocket = 'virtiofsd.sock'
const LOG = 'virtiofsd.log'

/**
 * Starts the daemon that serves the share to one machine, in namespaces of its own with the share as its root; it ends with
 * the machine. What is mounted in the share later reaches it because the share is a shared mount of its own.
 *
 * The host sees the guest's changes at once. The guest sees the host's at once where it has not just looked, and otherwise
 * after `LOOK_AGAIN_SECONDS`. File content is read again when its times or size have changed; under `cache=auto`, which forgets
 * it at each open, every start of a program would read it from the host anew.
 */
export async function startVirtiofsd(program: string, directory: string): Promise<ProcessIdentity> {
  const share = join(directory, 'share')
  mount(share, share, '', mountFlags.bind)
  mount('', share, '', mountFlags.shared)
  const log = openSync(join(directory, LOG), 'w', 0o600)
  // It listens before the daemon runs, so that the hypervisor can connect at once. By path, QEMU's virtiofsd would also lock a
  // file of that name for all machines of the host.
  const listener = listenUnix(join(directory, virtiofsdSocket))
  try {
    const stdio = ['ignore', log, log, listener] as const
    const child = await spawnDetached(program, daemonArguments(share), {cwd: directory, env: {}, stdio})
    child.release()
    return identifyProcess(child.pid) ?? {pid: child.pid, startTicks: -1}
  } finally {
    closeSync(listener)
    closeSync(log)
  }
}

/**
 * How long the guest trusts what it knows of a name: less than a command of the host takes to start, so that what one command
 * wrote is there for the next. Each step of a path that it does not trust is a question to the host, and a C library that looks
 * at /etc/localtime for each time it converts asks nothing else. With 0 it would also forget a file, and all that it has read of
 * it, as soon as nobody has it open.
 */
const LOOK_AGAIN_SECONDS = '0.02'

function daemonArguments(share: string): string[] {
  const options = [
    'cache=always',
    `timeout=${LOOK_AGAIN_SECONDS}`,
    'xattr',
    'posix_acl',
    'sandbox=namespace',
    'announce_submounts',
  ]
  return ['-f', '--fd=3', `--rlimit-nofile=${openFilesLimit()}`, '-o', `source=${share}`, '-o', options.join(',')]
}

/** Its own default asks for more than a process without CAP_SYS_RESOURCE may have. */
function openFilesLimit(): number {
  const hard = /^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return Math.min(Number(hard ?? 1024), 1_000_000)
}
