/** Where things lie in the guest. @see docs/agent-protocol.md, section 10 */
export const guestPaths = {
  /** The sandbox's share directory on the host. */
  share: '/run/berth/share/host',
  /** The same, each name and each byte looked up anew: for what others write too. */
  exactShare: '/run/berth/share/exact',
  /** Directories in guest memory that containers of the sandbox have in common. */
  volumes: '/run/berth/share/memory',
  bundle: (container: string) => `/run/berth/ctr/${container}`,
} as const
