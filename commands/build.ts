import {createWriteStream} from 'node:fs'
import {Writable} from 'node:stream'
import {build, engineServices} from '../src/build/index.ts'
import {openContext} from '../src/cli/build/build-context.ts'
import {type BuildOptions, buildFlags} from '../src/cli/build/build-flags.ts'
import {buildOptions} from '../src/cli/build/build-options.ts'
import {type PullPolicy, provideImage, pullPolicy} from '../src/cli/create-options/provide-image.ts'
import {specServices} from '../src/cli/create-options/spec-services.ts'
import * as flags from '../src/cli/flags.ts'
import {chooseShortName} from '../src/cli/image/choose-short-name.ts'
import {platformOf, RegistryCommand} from '../src/cli/image/registry-command.ts'
import {EngineError, hasCode} from '../src/errors/index.ts'
import {writeFileAtomic} from '../src/host/index.ts'
import {ensureImage, type Image, type PlatformWanted} from '../src/image/index.ts'

export default class Build extends RegistryCommand {
  static override summary = 'Build an image using instructions from Containerfiles'
  static override description =
    'Builds an OCI or Docker image using instructions from one or more Containerfiles and a specified build context directory.'
  static override usage = '[CONTEXT]'
  static override examples = [
    '<%= command.id %> .',
    '<%= command.id %> --tag imageName -f Containerfile.simple .',
    '<%= command.id %> --build-arg VERSION=3 --target test .',
  ]
  static override args = {context: flags.arg()}
  static override flags = buildFlags

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(Build)
    const options = buildOptions(given)
    using context = await openContext({source: args.context, files: given.file})
    try {
      const image = await this.interruptible((signal) =>
        this.#build(given, {...options, ...this.#contextOf(context)}, signal),
      )
      if (given.iidfile !== undefined)
        writeFileAtomic(given.iidfile, `sha256:${image.id}`, {mode: 0o644, durable: false})
      this.print(image.id)
    } catch (error) {
      const exitCode = exitCodeOfStep(error)
      if (exitCode === undefined) throw error
      this.report(error, exitCode)
    }
  }

  #contextOf({directory, containerfiles, containerfilePath}: Awaited<ReturnType<typeof openContext>>) {
    return {contextDirectory: directory, containerfiles, containerfilePath}
  }

  async #build(
    given: BuildOptions,
    request: Omit<Parameters<typeof build>[0], 'platform'>,
    signal: AbortSignal,
  ): Promise<Image> {
    const runtime = await this.runtime()
    const policy = given['pull-always'] ? 'always' : given['pull-never'] ? 'never' : pullPolicy(given.pull)
    const output = given.quiet
      ? silent()
      : given.logfile === undefined
        ? process.stdout
        : createWriteStream(given.logfile, {flags: 'a'})
    const services = engineServices(runtime, {
      spec: specServices(runtime, {environment: process.env, warn: (sentence) => this.printError(sentence)}),
      baseImage: (name, platform) => this.#baseImage(given, name, policy, platform, signal),
      output: {stdout: output, stderr: output === process.stdout ? process.stderr : output},
      report: (line) => void output.write(`${line}\n`),
      signal,
    })
    const platform = platformOf(given)
    return build(
      {
        ...request,
        ...(platform?.architecture && {
          platform: {os: platform.os ?? 'linux', architecture: platform.architecture, variant: platform.variant},
        }),
      },
      services,
    )
  }

  async #baseImage(
    given: BuildOptions,
    name: string,
    policy: PullPolicy,
    platform: PlatformWanted | undefined,
    signal: AbortSignal,
  ): Promise<Image> {
    const {images} = await this.runtime()
    const {image} = await provideImage(images, name, {
      policy,
      ...(platform && {platform}),
      pull: async (store, wanted) => {
        using access = await this.registryAccess(given)
        const report = this.copyReport(given.quiet)
        return ensureImage(store, wanted, {
          ...chooseShortName(),
          access,
          signal,
          policy,
          environment: this.environment,
          report,
          ...(platform && {platform}),
        })
      },
    })
    return image
  }
}

/** A failed RUN gives the build its own exit code. */
function exitCodeOfStep(error: unknown): number | undefined {
  const failure = hasCode(error, 'ERR_BUILD_STEP') && error.cause instanceof EngineError ? error.cause.cause : undefined
  return failure && typeof failure === 'object' && 'exitCode' in failure ? Number(failure.exitCode) : undefined
}

function silent(): Writable {
  return new Writable({write: (_chunk, _encoding, done) => done()})
}
