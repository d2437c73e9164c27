/** What an empty word says something for: no entrypoint. */
const MEANT = ['entrypoint']

/** Lists whose empty words podman passes over; in the others an empty word is a mistake. */
const PASSED_OVER = [
  ...['annotation', 'blkio-weight-device', 'device', 'device-read-bps', 'device-read-iops', 'device-write-bps'],
  ...['device-write-iops', 'env', 'env-file', 'env-merge', 'label-file', 'log-opt', 'pod-id-file'],
]

/**
 * As podman, an empty word asks for nothing: scripts write `--pod "$POD"` whether or not there is one.
 * @param flags the options' definitions, for their defaults
 */
export function withoutEmpty<T extends object>(given: T, flags: object): T {
  const defaults = flags as Readonly<Record<string, {readonly default?: unknown}>>
  return Object.fromEntries(
    Object.entries(given).map(([name, value]: [string, unknown]) => {
      if (value === '' && !MEANT.includes(name)) return [name, defaults[name]?.default]
      if (Array.isArray(value) && PASSED_OVER.includes(name)) return [name, value.filter((word) => word !== '')]
      return [name, value]
    }),
  ) as T
}
