/** Where things lie in the guest. @see docs/agent-protocol.md, section 10 */
export const guestPaths = {
  /** The sandbox's share directory on the host. */
  share: '/run/berth/share/host',
  /** Directories in guest memory that containers of the sandbox have in common. */
  volumes: '/run/berth/share/memory',
  bundle: (container: string) => `/run/berth/ctr/${container}`,
} as const
