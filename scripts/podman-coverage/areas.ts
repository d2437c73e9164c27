/** An area of podman's surface. The first whose pattern fits a command has it. */
export interface Area {
  readonly title: string
  readonly pattern: RegExp
  /** Why it is not complete yet, where it is not. */
  readonly reason: string
}

export const areas: readonly Area[] = [
  {
    title: 'Builds',
    pattern: /^(build|buildx|image build|farm|manifest)\b/,
    reason: 'builds are worked on',
  },
  {title: 'Kubernetes YAML and systemd', pattern: /^(kube|play|generate|quadlet|auto-update)\b/, reason: 'not begun'},
  {title: 'Pods', pattern: /^pod\b/, reason: 'worked on'},
  {title: 'Artifacts', pattern: /^artifact\b/, reason: 'not begun'},
  {
    title: 'Remote machines and services',
    pattern: /^(machine|context|compose|system (connection|service|dial-stdio)|image scp)\b/,
    reason: 'Berth is local: no client for another machine, and the HTTP API is not begun',
  },
  {
    title: 'Registries',
    pattern: /^(pull|push|login|logout|search|image (pull|push|search|sign|trust))\b/,
    reason: 'signing and trust are not begun',
  },
  {title: 'Networks', pattern: /^network\b/, reason: 'not begun'},
  {title: 'Volumes', pattern: /^volume\b/, reason: ''},
  {title: 'Secrets', pattern: /^secret\b/, reason: ''},
  {title: 'Containers, images and the system', pattern: /^/, reason: ''},
]

/** Why a single command is missing. */
export const reasons: Readonly<Record<string, string>> = {
  unshare: 'comes with rootless operation',
  'system locks': 'locks belong to containers by id and are not numbered',
}

/** Options that are known and refused with a clear message: they count as missing. */
export const refused: readonly {
  readonly command: RegExp
  readonly options: readonly string[]
  readonly reason: string
}[] = [
  {
    command: /^(container )?(create|run)$/,
    options: ['--decryption-key', '--gpus'],
    reason: 'refused: encrypted images and GPUs are not begun',
  },
  {
    command: /^container restore$/,
    options: ['--pod'],
    reason: 'refused: only with namespaces of its own does a container come back from an archive',
  },
  {
    command: /^container clone$/,
    options: ['--pod'],
    reason: 'refused: a clone has the namespaces of the original; `pod clone` clones with them',
  },
  {command: /^(container )?rm$/, options: ['--storage'], reason: 'no other program has containers in this storage'},
  {
    command: /^(container )?stop$/,
    options: ['--service'],
    reason: 'service containers come with kube YAML, which is not begun',
  },
  {command: /^system migrate$/, options: ['--new-runtime'], reason: 'refused: a container keeps its runtime'},
  {command: /^(image )?pull$/, options: ['--decryption-key'], reason: 'refused: encrypted images are not begun'},
  {
    command: /^(image )?push$/,
    options: [
      ...['--encrypt-layer', '--encryption-key', '--sign-by', '--sign-by-sigstore', '--sign-by-sigstore-private-key'],
      ...['--sign-passphrase-file', '--sign-by-sq-fingerprint'],
    ],
    reason: 'refused: signing and encryption are not begun',
  },
]
