/** Where the programs lie that the engine runs; iptables and iproute2 in sbin, which cron's and users' $PATH leaves out. */
const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/**
 * Makes this process, and what it starts, independent of how its caller was set up: system programs are found with
 * whatever $PATH, and files that containers read get their modes under whatever umask (022, as with podman).
 */
export function settleProcess(): void {
  process.umask(0o022)
  process.env.PATH = withSystemPath(process.env.PATH)
}

/** The search path with the system's directories that it lacks at its end. */
export function withSystemPath(searchPath = ''): string {
  const given = searchPath.split(':').filter((directory) => directory !== '')
  return [...given, ...SYSTEM_PATH.filter((directory) => !given.includes(directory))].join(':')
}
