import {join} from 'node:path'
import type {LogTarget, ShimContainer, ShimExec, ShimProcess} from './shim.ts'

/** The shim's log level: its warnings are about our own mistakes. */
const LOG_LEVEL = 'warning'

/** conmon's command line for a container. @see conmon(8) */
export function containerArgs(container: ShimContainer): string[] {
  return [
    ...sharedArgs(container, container.containerID),
    ...(container.timeoutSeconds > 0 ? [`--timeout=${container.timeoutSeconds}`] : []),
    ...(container.sdnotifySocket ? [`--sdnotify-socket=${container.sdnotifySocket}`] : []),
    ...(container.keyring ? [] : ['--no-new-keyring']),
    ...(container.noPivotRoot ? ['--no-pivot'] : []),
    ...(container.syncLog ? [] : ['--no-sync-log']),
    ...(container.withoutCgroups ? runtimeArgs(['--cgroup-manager', 'disabled']) : []),
    ...restoreArgs(container.restore),
  ]
}

/** conmon's command line for an exec session. */
export function execArgs(session: ShimExec): string[] {
  return [
    ...sharedArgs(session, session.sessionID),
    '--exec',
    ...(session.attach ? ['--exec-attach'] : []),
    ...['--exec-process-spec', session.processFile],
    ...(session.exitDelaySeconds > 0 ? ['--exit-delay', String(session.exitDelaySeconds)] : []),
  ]
}

/** Where the runtime logs as JSON, so that its reasons can be read. */
export function runtimeLogPath(bundle: string): string {
  return join(bundle, 'oci-log')
}

function sharedArgs(process: ShimProcess, uuid: string): string[] {
  return [
    ...['--api-version', '1', '-c', process.containerID, '-u', uuid, '-n', process.name],
    ...['-r', process.runtime.path, '-b', process.bundle, '-p', process.pidFile],
    ...['--conmon-pidfile', process.shimPidFile],
    ...['--exit-dir', process.exitDirectory, '--persist-dir', process.persistDirectory, '--full-attach'],
    ...['--log-level', LOG_LEVEL, ...logArgs(process.log)],
    ...runtimeArgs([...process.runtime.globalArgs, '--log-format=json', '--log', runtimeLogPath(process.bundle)]),
    ...(process.systemdCgroup ? ['-s'] : []),
    ...stdioArgs(process),
    ...exitArgs(process.exitCommand),
    ...(process.syslog ? ['--syslog'] : []),
    ...preserveArgs(process.preserveFDs?.length ?? 0),
  ]
}

/** A terminal has its own input: `-i` is only for pipes, and would close the terminal with the first client. */
function stdioArgs({terminal, stdin}: ShimProcess): string[] {
  if (terminal) return ['-t']
  return stdin ? ['-i'] : []
}

function logArgs(log: LogTarget): string[] {
  switch (log.driver) {
    case 'k8s-file':
      return ['-l', `k8s-file:${log.path}`, ...(log.maxSize > 0 ? ['--log-size-max', String(log.maxSize)] : [])]
    case 'journald':
      return ['-l', 'journald', ...(log.tag ? ['--log-tag', log.tag] : [])]
    default:
      return ['-l', log.driver]
  }
}

function runtimeArgs(args: readonly string[]): string[] {
  return args.map((arg) => `--runtime-arg=${arg}`)
}

function exitArgs(command: readonly string[] | undefined): string[] {
  if (!command) return []
  const [program = '', ...args] = command
  return ['--exit-command', program, ...args.map((arg) => `--exit-command-arg=${arg}`)]
}

function preserveArgs(count: number): string[] {
  return count === 0 ? [] : ['--runtime-opt=--preserve-fds', `--runtime-opt=${count}`]
}

function restoreArgs(restore: ShimContainer['restore']): string[] {
  if (!restore) return []
  return ['--restore', restore.imagePath, ...restore.options.map((option) => `--runtime-opt=${option}`)]
}
