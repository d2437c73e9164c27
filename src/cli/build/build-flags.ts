import * as flags from '../flags.ts'
import {platformFlags, registryFlags, retryFlags} from '../image/registry-flags.ts'
import {containerFlags} from './container-flags.ts'
import {resultFlags} from './result-flags.ts'
import {unsupportedFlags} from './unsupported-flags.ts'

const {platform: _, ...onePlatformFlags} = platformFlags

/** Options of `build`: where it starts from and how it goes; what RUN gets and what becomes of the image beside it. */
export const buildFlags = {
  ...flags.section('Registry', {...registryFlags, ...retryFlags}),
  ...onePlatformFlags,
  ...flags.section('Container', containerFlags),
  ...flags.section('Result', resultFlags),
  ...unsupportedFlags,
  'build-arg': flags.array({summary: 'Argument=value to supply to the builder'}),
  'build-arg-file': flags.array({summary: 'argfile.conf containing lines of argument=value to supply to the builder'}),
  'build-context': flags.array({summary: 'Argument=value to supply additional build context to the builder'}),
  'cache-from': flags.array({summary: 'Remote repository list to utilise as potential cache source.'}),
  'cache-to': flags.array({summary: 'Remote repository list to utilise as potential cache destination.'}),
  'cache-ttl': flags.string({summary: 'Only consider cache images younger than the specified duration'}),
  'compat-volumes': flags.bool({
    summary: 'preserve the contents of VOLUMEs during RUN instructions, as classic builds did',
  }),
  'cpp-flag': flags.array({summary: 'Set additional flag to pass to C preprocessor (cpp)'}),
  file: flags.list({char: 'f', summary: 'pathname or URL of a Dockerfile'}),
  'force-rm': flags.bool({
    summary: 'always remove intermediate containers after a build, even if the build is unsuccessful',
    default: true,
  }),
  from: flags.string({
    summary: 'image name used to replace the value in the first FROM instruction in the Containerfile',
  }),
  ignorefile: flags.string({summary: 'path to an alternate .dockerignore file'}),
  jobs: flags.int({summary: 'how many stages to run in parallel (0: as many as there are)', default: 0}),
  layers: flags.bool({summary: 'use intermediate layers during build', default: true}),
  logfile: flags.string({summary: 'log to file instead of stdout/stderr'}),
  logsplit: flags.bool({summary: 'split logfile to different files for each platform'}),
  'no-cache': flags.bool({
    summary: 'do not use existing cached images for building. Build from the start with a new set of cached layers',
  }),
  platform: flags.list({
    summary:
      'set the OS/ARCH[/VARIANT] of the image to the provided value instead of the current operating system and architecture of the host (for example "linux/arm64")',
  }),
  pull: flags.string({
    summary: 'Pull image policy',
    default: 'missing',
    implied: 'always',
    suggests: ['always', 'missing', 'never', 'newer'],
  }),
  'pull-always': flags.bool({summary: 'pull the image even if the named image is present in store', hidden: true}),
  'pull-never': flags.bool({
    summary: 'do not pull the image, use the image present in store if available',
    hidden: true,
  }),
  quiet: flags.bool({char: 'q', summary: 'refrain from announcing build instructions and image read/write progress'}),
  rm: flags.bool({
    summary: 'Remove intermediate containers after a successful build',
    default: true,
    aliases: ['purge'],
  }),
  secret: flags.array({summary: 'secret file to expose to the build'}),
  'signature-policy': flags.string({summary: 'Path to a signature-policy file', hidden: true}),
  'skip-unused-stages': flags.bool({
    summary: 'skips stages in multi-stage builds which do not affect the final target',
    default: true,
  }),
  ssh: flags.array({summary: 'SSH agent socket or keys to expose to the build'}),
  target: flags.string({summary: 'set the target build stage to build'}),
}

export type BuildOptions = flags.FlagValues<typeof buildFlags>
