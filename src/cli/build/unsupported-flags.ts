import {EngineError} from '../../errors/index.ts'
import * as flags from '../flags.ts'

const CDI = 'name directories with --cdi-spec-dir before the command'
const CNI = 'networks are made by netavark'
const SBOM = 'run the scanner on the image, then add its output with a COPY'
const MAPPED = 'a layer of files with mapped owners cannot be kept'
const RUSAGE = 'use --log-level debug, which prints timings'

/** Options of podman's that are refused with these reasons. */
export const refusedBuildOptions: Readonly<Record<string, string>> = {
  'all-platforms': 'name the platforms with --platform',
  'blob-cache': 'layers are not kept as blobs',
  'cdi-config-dir': CDI,
  'cni-config-dir': CNI,
  'cni-plugin-path': CNI,
  cw: 'confidential workloads are not made here',
  'decryption-key': 'encrypted images are not read',
  'hooks-dir': 'name hook directories in containers.conf',
  'layer-label': 'label images with LABEL or --label',
  'log-rusage': RUSAGE,
  loglevel: 'use --log-level before the command',
  'os-feature': 'for images of Windows only',
  'os-version': 'for images of Windows only',
  'runtime-flag': 'goes before the command: berth --runtime-flag FLAG build',
  'rusage-logfile': RUSAGE,
  sbom: SBOM,
  'sbom-image-output': SBOM,
  'sbom-image-purl-output': SBOM,
  'sbom-merge-strategy': SBOM,
  'sbom-output': SBOM,
  'sbom-purl-output': SBOM,
  'sbom-scanner-command': SBOM,
  'sbom-scanner-image': SBOM,
  'sign-by': 'sign the image with image sign, or when it is pushed',
  userns: MAPPED,
  'userns-gid-map': MAPPED,
  'userns-gid-map-group': MAPPED,
  'userns-uid-map': MAPPED,
  'userns-uid-map-user': MAPPED,
}

const refused = (summary: string) => flags.array({summary, hidden: true})
const refusedSwitch = (summary: string) => flags.bool({summary, hidden: true})

export const unsupportedFlags = {
  'all-platforms': refusedSwitch('refused'),
  'blob-cache': refused('refused'),
  'cdi-config-dir': refused('refused'),
  'cni-config-dir': refused('refused'),
  'cni-plugin-path': refused('refused'),
  compress: flags.bool({summary: 'Layers are not compressed before they are pushed', hidden: true}),
  cw: refused('refused'),
  'decryption-key': refused('refused'),
  'disable-compression': flags.bool({
    char: 'D',
    summary: 'Layers are kept uncompressed; pushing compresses them',
    default: true,
    hidden: true,
  }),
  'disable-content-trust': flags.bool({summary: 'There is no content trust to disable', hidden: true}),
  'hooks-dir': refused('refused'),
  'identity-label': flags.bool({summary: 'There is no identity label to leave out', default: true, hidden: true}),
  isolation: flags.string({summary: 'How RUN is kept apart: oci only, in a container of the OCI runtime'}),
  'layer-label': refused('refused'),
  load: flags.bool({summary: 'The image is in the store in any case', hidden: true}),
  'log-rusage': refusedSwitch('refused'),
  loglevel: refused('refused'),
  'os-feature': refused('refused'),
  'os-version': refused('refused'),
  progress: flags.string({summary: 'Progress is plain text', hidden: true}),
  'runtime-flag': refused('refused'),
  'rusage-logfile': refused('refused'),
  sbom: refused('refused'),
  'sbom-image-output': refused('refused'),
  'sbom-image-purl-output': refused('refused'),
  'sbom-merge-strategy': refused('refused'),
  'sbom-output': refused('refused'),
  'sbom-purl-output': refused('refused'),
  'sbom-scanner-command': refused('refused'),
  'sbom-scanner-image': refused('refused'),
  'sign-by': refused('refused'),
  stdin: flags.bool({summary: 'RUN reads nothing from the terminal (not supported)', hidden: true}),
  userns: refused('refused'),
  'userns-gid-map': refused('refused'),
  'userns-gid-map-group': refused('refused'),
  'userns-uid-map': refused('refused'),
  'userns-uid-map-user': refused('refused'),
}

type Given = flags.FlagValues<typeof unsupportedFlags>

/** Refuses an option rather than doing something else than what it asks for. @throws ERR_NOT_SUPPORTED */
export function refuseUnsupportedBuild(given: Given): void {
  for (const [name, reason] of Object.entries(refusedBuildOptions)) {
    const value = given[name as keyof Given]
    const isHost = name === 'userns' && Array.isArray(value) && value.every((word) => word === 'host')
    if (value === true || (Array.isArray(value) && value.length > 0 && !isHost))
      throw new EngineError('ERR_NOT_SUPPORTED', `--${name}: ${reason}`)
  }
  if (!given['disable-compression'])
    throw new EngineError(
      'ERR_NOT_SUPPORTED',
      '--disable-compression=false: layers are compressed when they are pushed',
    )
  if (given.compress)
    throw new EngineError('ERR_NOT_SUPPORTED', '--compress: layers are compressed when they are pushed')
  if (given.stdin) throw new EngineError('ERR_NOT_SUPPORTED', '--stdin: RUN reads nothing from the terminal')
  if (given.isolation !== undefined && !['', 'default', 'oci', 'rootless', 'chroot'].includes(given.isolation))
    throw new EngineError('ERR_REFUSED', `unrecognized isolation type ${JSON.stringify(given.isolation)}`)
  if (given.isolation === 'chroot' || given.isolation === 'rootless')
    throw new EngineError(
      'ERR_NOT_SUPPORTED',
      `--isolation ${given.isolation}: RUN is a container of the engine; choose its OCI runtime with --runtime`,
    )
}
