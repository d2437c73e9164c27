import * as flags from '../flags.ts'
import {platformFlags, registryFlags, retryFlags} from '../image/registry-flags.ts'

/** Options of `build`. What is not here is refused as an unknown option: see docs/podman-differences.md. */
export const buildFlags = {
  ...registryFlags,
  ...retryFlags,
  ...platformFlags,
  'add-host': flags.list({summary: 'Add a custom host-to-IP mapping (host:ip)'}),
  annotation: flags.array({summary: 'Set metadata for an image'}),
  'build-arg': flags.array({summary: 'Argument=value to supply to the builder'}),
  'build-arg-file': flags.array({summary: 'argfile.conf containing lines of argument=value to supply to the builder'}),
  'build-context': flags.array({summary: 'Argument=value to supply additional build context to the builder'}),
  'cap-add': flags.list({summary: 'Add the specified capability when running'}),
  'cap-drop': flags.list({summary: 'Drop the specified capability when running'}),
  env: flags.array({summary: 'Set environment variable for the image'}),
  file: flags.list({char: 'f', summary: 'pathname or URL of a Dockerfile'}),
  'force-rm': flags.bool({
    summary: 'always remove intermediate containers after a build, even if the build is unsuccessful',
    default: true,
  }),
  format: flags.string({
    summary: "format of the built image's manifest and metadata",
    default: 'oci',
    suggests: ['oci', 'docker'],
  }),
  ignorefile: flags.string({summary: 'path to an alternate .dockerignore file'}),
  iidfile: flags.string({summary: 'file to write the image ID to'}),
  label: flags.array({summary: 'Set metadata for an image'}),
  layers: flags.bool({summary: 'use intermediate layers during build', default: true}),
  logfile: flags.string({summary: 'log to file instead of stdout/stderr'}),
  memory: flags.string({char: 'm', summary: 'memory limit (format: <number>[<unit>], where unit = b, k, m or g)'}),
  network: flags.string({
    summary: "'none', 'private', 'ns:path' of network namespace to join, or name of network",
    aliases: ['net'],
  }),
  'no-cache': flags.bool({
    summary: 'do not use existing cached images for building. Build from the start with a new set of cached layers',
  }),
  pull: flags.string({
    summary: 'Pull image policy',
    default: 'missing',
    implied: 'always',
    suggests: ['always', 'missing', 'never', 'newer'],
  }),
  'pull-always': flags.bool({summary: 'pull the image even if the named image is present in store'}),
  'pull-never': flags.bool({summary: 'do not pull the image, use the image present in store if available'}),
  quiet: flags.bool({char: 'q', summary: 'refrain from announcing build instructions and image read/write progress'}),
  rm: flags.bool({
    summary: 'Remove intermediate containers after a successful build',
    default: true,
    aliases: ['purge'],
  }),
  secret: flags.array({summary: 'secret file to expose to the build'}),
  'signature-policy': flags.string({summary: 'Path to a signature-policy file', hidden: true}),
  'source-date-epoch': flags.string({summary: 'set new timestamps in image info to the specified value'}),
  squash: flags.bool({summary: 'squash all image layers into a single layer'}),
  'squash-all': flags.bool({summary: 'squash all layers into a single layer'}),
  ssh: flags.array({summary: 'SSH agent socket or keys to expose to the build'}),
  tag: flags.array({char: 't', summary: 'tagged name to apply to the built image'}),
  target: flags.string({summary: 'set the target build stage to build'}),
  timestamp: flags.int64({
    summary: 'set created timestamp to the specified epoch seconds to allow for deterministic builds',
  }),
  unsetenv: flags.list({summary: 'unset environment variable from final image'}),
  volume: flags.array({char: 'v', summary: 'bind mount a volume into the container'}),
}

export type BuildOptions = flags.FlagValues<typeof buildFlags>
