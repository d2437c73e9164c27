import {build, engineServices, parseOutput, registryCache, writeOutput} from '../src/build/index.ts'
import {openContext} from '../src/cli/build/build-context.ts'
import {type BuildOptions, buildFlags} from '../src/cli/build/build-flags.ts'
import {buildOptions} from '../src/cli/build/build-options.ts'
import {appendToLog, outputStreams} from '../src/cli/build/build-output-stream.ts'
import {type BuildPlatform, buildPlatforms} from '../src/cli/build/build-platforms.ts'
import {openSshAgents} from '../src/cli/build/ssh-agents.ts'
import {refuseUnsupportedBuild} from '../src/cli/build/unsupported-flags.ts'
import {type PullPolicy, provideImage, pullPolicy} from '../src/cli/create-options/provide-image.ts'
import {specServices} from '../src/cli/create-options/spec-services.ts'
import * as flags from '../src/cli/flags.ts'
import {chooseShortName} from '../src/cli/image/choose-short-name.ts'
import {RegistryCommand} from '../src/cli/image/registry-command.ts'
import {EngineError, hasCode} from '../src/errors/index.ts'
import {writeFileAtomic} from '../src/host/index.ts'
import {
  createManifestList,
  ensureImage,
  type Image,
  instanceOf,
  type PlatformWanted,
  type RegistryAccess,
} from '../src/image/index.ts'
import type {Runtime} from '../src/libpod/runtime.ts'

type Request = Omit<Parameters<typeof build>[0], 'platform'>

export default class Build extends RegistryCommand {
  static override summary = 'Build an image using instructions from Containerfiles'
  static override description =
    'Builds an image from a Containerfile or Dockerfile and the files of a context directory. With --runtime berth-vm each RUN takes place in a virtual machine.'
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
    refuseUnsupportedBuild(given)
    const format = this.changed('format') ? given.format : process.env.BUILDAH_FORMAT || given.format
    const options = buildOptions({...given, format})
    const outputs = given.output.map(parseOutput)
    const platforms = buildPlatforms(given)
    using context = await openContext({source: args.context, files: given.file, cppFlags: given['cpp-flag']})
    const {directory, containerfiles, containerfilePath} = context
    await using agents = await openSshAgents(given.ssh)
    try {
      const runtime = await this.runtime()
      const found = {contextDirectory: directory, containerfiles, containerfilePath}
      const request = {...options, ...found, sshSockets: agents.sockets}
      const images = await this.interruptible((signal) => this.#buildAll(runtime, given, request, platforms, signal))
      const last = images.at(-1) as Image
      for (const output of outputs) await writeOutput(runtime.layers, last, output)
      const id = (await this.#list(runtime, given, images)) ?? last.id
      if (given.iidfile !== undefined) writeFileAtomic(given.iidfile, `sha256:${id}`, {mode: 0o644, durable: false})
      const isTold = appendToLog(given, platforms.at(-1), id) || outputs.some(({type}) => type === 'stdout')
      if (!isTold) this.print(id)
    } catch (error) {
      const exitCode = exitCodeOfStep(error)
      if (exitCode === undefined) throw error
      this.report(error, exitCode)
    }
  }

  /** One after the other: their lines would be hard to tell apart. */
  async #buildAll(
    runtime: Runtime,
    given: BuildOptions,
    request: Request,
    platforms: readonly (BuildPlatform | undefined)[],
    signal: AbortSignal,
  ): Promise<readonly Image[]> {
    const tags = this.#listNames(given, platforms.length).length > 0 ? [] : request.tags
    const images: Image[] = []
    for (const platform of platforms)
      images.push(await this.#build(runtime, given, {...request, tags}, platform, signal))
    return images
  }

  async #build(
    runtime: Runtime,
    given: BuildOptions,
    request: Request,
    platform: BuildPlatform | undefined,
    signal: AbortSignal,
  ): Promise<Image> {
    const policy = given['pull-always'] ? 'always' : given['pull-never'] ? 'never' : pullPolicy(given.pull)
    await using output = outputStreams(given, platform)
    const isRemote = given['cache-from'].length + given['cache-to'].length > 0
    using access = isRemote ? await this.registryAccess(given) : undefined
    const report = (line: string) => void output.stdout.write(`${line}\n`)
    await using services = engineServices(runtime, {
      spec: specServices(runtime, {environment: process.env, warn: (sentence) => this.printError(sentence)}),
      baseImage: (name, wanted) =>
        this.#baseImage(given, name, {policy, signal, ...(given.logfile !== undefined && {log: report})}, wanted),
      output,
      report,
      ...(access && {remoteCache: this.#remoteCache(runtime, given, access, signal)}),
      keepFailed: given.layers && !(given.rm && given['force-rm']),
      signal,
    })
    return await build({...request, platform}, services)
  }

  #remoteCache({images}: Runtime, given: BuildOptions, access: RegistryAccess, signal: AbortSignal) {
    return registryCache(images, {access, from: given['cache-from'], to: given['cache-to'], signal})
  }

  async #baseImage(
    given: BuildOptions,
    name: string,
    {
      policy,
      signal,
      log,
    }: {readonly policy: PullPolicy; readonly signal: AbortSignal; readonly log?: (line: string) => void},
    platform: PlatformWanted | undefined,
  ): Promise<Image> {
    const {images} = await this.runtime()
    const {image} = await provideImage(images, name, {
      policy,
      ...(platform && {platform}),
      pull: async (store, wanted) => {
        using access = await this.registryAccess(given)
        const report = this.copyReport(given.quiet, log)
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

  /** Names of manifest lists: `--manifest`, and the tags when several platforms share them. */
  #listNames(given: BuildOptions, platforms: number): readonly string[] {
    if (given.manifest !== undefined) return [given.manifest, ...given.tag]
    return platforms > 1 ? given.tag : []
  }

  /** Puts the images into the list, and says its id. */
  async #list({images: store}: Runtime, given: BuildOptions, images: readonly Image[]): Promise<string | undefined> {
    const [name, ...more] = this.#listNames(given, images.length)
    if (name === undefined) return undefined
    const list = await createManifestList(store, name, {amend: true})
    await list.add(images.map((image) => instanceOf(image)))
    if (more.length > 0) await store.tag(list.id, more)
    return list.id
  }
}

/** A failed RUN gives the build its own exit code. */
function exitCodeOfStep(error: unknown): number | undefined {
  const failure = hasCode(error, 'ERR_BUILD_STEP') && error.cause instanceof EngineError ? error.cause.cause : undefined
  return failure && typeof failure === 'object' && 'exitCode' in failure ? Number(failure.exitCode) : undefined
}
