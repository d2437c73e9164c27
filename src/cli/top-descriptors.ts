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
