/** Names of columns that `top` knows itself, as podman lists them. */
export const topDescriptors = [
  ...([
    'args',
    'capamb',
    'capbnd',
    'capeff',
    'capinh',
    'capprm',
    'comm',
    'cgroup',
    'etime',
    'group',
    'groups',
  ] as const),
  ...(['hgroup', 'hgroups', 'hpid', 'huser', 'label', 'nice', 'pcpu', 'pgid', 'pid', 'ppid', 'rgroup'] as const),
  ...(['rss', 'ruser', 'seccomp', 'state', 'stime', 'time', 'tty', 'user', 'vsz'] as const),
]

/** Descriptors may be separate words or joined by commas; words that are none come back as they are, for ps(1). */
export function descriptorsOf(words: readonly string[]): readonly string[] | undefined {
  if (words.length === 0) return undefined
  const known = new Set<string>(topDescriptors)
  const split = words.flatMap((word) => word.split(','))
  return split.every((word) => known.has(word) || word.startsWith('%')) ? split : words
}
