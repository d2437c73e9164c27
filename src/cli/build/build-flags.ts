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
  'build-arg': flags.array({summary: "Value for an ARG: NAME=VALUE, or NAME for the caller's variable (repeatable)"}),
  'build-arg-file': flags.array({summary: 'File with NAME=VALUE for an ARG on each line (repeatable)'}),
  'build-context': flags.array({
    summary: 'Further context for FROM and COPY --from: NAME=PATH or NAME=docker-image://IMAGE (repeatable)',
  }),
  'cache-from': flags.array({summary: 'Repository to look for finished steps in, without a tag (repeatable)'}),
  'cache-to': flags.array({summary: 'Repository to push finished steps to, without a tag (repeatable)'}),
  'cache-ttl': flags.string({summary: 'Reuse only steps that are not older than this, such as 24h'}),
  'compat-volumes': flags.bool({
    summary: 'Throw away what RUN writes to a directory that VOLUME has named',
  }),
  'cpp-flag': flags.array({
    summary: 'Argument for the C preprocessor, which reads Containerfiles ending in .in (repeatable)',
  }),
  file: flags.list({
    char: 'f',
    summary: 'Containerfile to build from: a path, URL, or - for standard input (repeatable)',
  }),
  'force-rm': flags.bool({
    summary: 'Remove the containers of RUN also when the build fails',
    default: true,
  }),
  from: flags.string({
    summary: 'Image that the first FROM starts from, instead of the one it names',
  }),
  ignorefile: flags.string({summary: 'File to read instead of .containerignore or .dockerignore'}),
  jobs: flags.int({summary: 'Stages to build at the same time (0: as many as there are)', default: 0}),
  layers: flags.bool({summary: 'Keep an image of each step and reuse it in later builds', default: true}),
  logfile: flags.string({summary: 'Append the output to a file instead of showing it'}),
  logsplit: flags.bool({summary: 'With --logfile, write a file for each platform'}),
  'no-cache': flags.bool({
    summary: 'Run all steps again, whatever earlier builds have made',
  }),
  platform: flags.list({
    summary: 'Platforms to build for: OS/ARCH[/VARIANT], such as linux/arm64 (comma-separated, repeatable)',
  }),
  pull: flags.string({
    summary: 'When to pull base images: always, missing (only if not in the store), never or newer',
    default: 'missing',
    implied: 'always',
    suggests: ['always', 'missing', 'never', 'newer'],
  }),
  'pull-always': flags.bool({summary: 'The same as --pull=always', hidden: true}),
  'pull-never': flags.bool({
    summary: 'The same as --pull=never',
    hidden: true,
  }),
  quiet: flags.bool({char: 'q', summary: 'Print only the ID of the image'}),
  rm: flags.bool({
    summary: 'Remove the containers of RUN after the build',
    default: true,
    aliases: ['purge'],
  }),
  secret: flags.array({summary: 'Secret that RUN can mount: id=NAME with src=FILE or env=VARIABLE (repeatable)'}),
  'signature-policy': flags.string({summary: 'File with the signature policy for base images', hidden: true}),
  'skip-unused-stages': flags.bool({
    summary: 'Leave out stages that the wanted one does not need',
    default: true,
  }),
  ssh: flags.array({summary: 'SSH agent or keys that RUN can mount: default, ID=SOCKET or ID=KEY,... (repeatable)'}),
  target: flags.string({summary: 'Stage to build, by name or number, instead of the last'}),
}

export type BuildOptions = flags.FlagValues<typeof buildFlags>
