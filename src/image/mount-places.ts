/** What an engine itself puts into a root filesystem as places to mount on: no change of anybody's, as in podman's `diff`. */
export const MOUNT_PLACES: ReadonlySet<string> = new Set([
  '/',
  '/dev',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/mtab',
  '/etc/resolv.conf',
  '/proc',
  '/run',
  '/run/.containerenv',
  '/run/notify',
  '/run/secrets',
  '/sys',
])
