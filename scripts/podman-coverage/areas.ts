import {refusedBuildOptions} from '../../src/cli/build/unsupported-flags.ts'

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
    reason: 'builds on other machines (farm) need a remote client; `buildx` is Docker’s name for `build`',
  },
  {title: 'Kubernetes YAML and systemd', pattern: /^(kube|play|generate|quadlet|auto-update)\b/, reason: 'not begun'},
  {title: 'Pods', pattern: /^pod\b/, reason: ''},
  {title: 'Artifacts', pattern: /^artifact\b/, reason: 'not begun'},
  {
    title: 'Remote machines and services',
    pattern: /^(machine|context|compose|system (connection|service|dial-stdio)|image scp)\b/,
    reason: 'Berth is local: no client for another machine, and the HTTP API is not begun',
  },
  {
    title: 'Registries',
    pattern: /^(pull|push|login|logout|search|image (pull|push|search|sign|trust))\b/,
    reason: '',
  },
  {title: 'Networks', pattern: /^network\b/, reason: ''},
  {title: 'Volumes', pattern: /^volume\b/, reason: ''},
  {title: 'Secrets', pattern: /^secret\b/, reason: ''},
  {title: 'Containers, images and the system', pattern: /^/, reason: ''},
]

/** Why a single command is missing. */
export const reasons: Readonly<Record<string, string>> = {
  'system locks': 'locks belong to containers by id and are not numbered',
}

const ARTIFACTS = 'refused: artifacts are not begun'
const ENCRYPTED = 'refused: encrypted images are not read'

/** Options that are known and refused with a clear message: they count as missing. */
export const refused: readonly {
  readonly command: RegExp
  readonly options: readonly string[]
  readonly reason: string
}[] = [
  {
    command: /^(container )?(create|run)$/,
    options: ['--decryption-key'],
    reason: ENCRYPTED,
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
  {
    command: /^system migrate$/,
    options: ['--new-runtime'],
    reason: 'refused: a container keeps the runtime it was made for',
  },
  {command: /^(image )?pull$/, options: ['--decryption-key'], reason: ENCRYPTED},
  {
    command: /^(image )?push$/,
    options: [...['--encrypt-layer', '--encryption-key']],
    reason: 'refused: images are not encrypted',
  },
  {
    command: /^((image )?push|manifest push)$/,
    options: ['--sign-by-sigstore', '--sign-by-sigstore-private-key', '--sign-by-sq-fingerprint'],
    reason: 'refused: signatures are made by GnuPG, with `--sign-by`',
  },
  {
    command: /^manifest push$/,
    options: ['--add-compression'],
    reason: 'refused: an image is pushed in one compression',
  },
  {command: /^manifest annotate$/, options: ['--subject'], reason: ARTIFACTS},
  {
    command: /^manifest add$/,
    options: [
      ...['--artifact', '--artifact-config', '--artifact-config-type', '--artifact-exclude-titles'],
      ...['--artifact-layer-type', '--artifact-subject', '--artifact-type'],
    ],
    reason: ARTIFACTS,
  },
  {
    command: /^(buildx |image )?build$/,
    options: ['--compress', '--stdin'],
    reason: 'refused: layers are compressed when they are pushed, and RUN reads nothing from the terminal',
  },
  ...Object.entries(refusedBuildOptions).map(([option, reason]) => ({
    command: /^(buildx |image )?build$/,
    options: [`--${option}`],
    reason: `refused: ${reason}`,
  })),
]
