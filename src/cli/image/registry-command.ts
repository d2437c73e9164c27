import {existsSync} from 'node:fs'
import {constants} from 'node:os'
import {resolveEnvironment} from '../../config/environment.ts'
import {EngineError} from '../../errors/index.ts'
import type {Image} from '../../image/image.ts'
import type {ImageStore} from '../../image/image-store.ts'
import {normalPlatform, type PlatformWanted, parsePlatform} from '../../image/platform.ts'
import type {PullPolicy} from '../../image/pull-image.ts'
import type {RegistryAccess} from '../../image/registry/registry-access.ts'
import {defaultRetry, type RetryPolicy} from '../../image/registry/retry.ts'
import type {ContainerImage} from '../../libpod/define/container-config.ts'
import {ExitStatus} from '../exit-codes.ts'
import {parseGoDuration} from '../pflag/go-duration.ts'
import {chooseShortName} from './choose-short-name.ts'
import {ImageCommand} from './image-command.ts'
import {readSecretLine} from './read-secret-line.ts'
import {credentialsOf, type RegistryGiven, refuseMissingAuthFile} from './registry-flags.ts'

/** What a command that pulls was given. */
export interface PullGiven extends RegistryGiven {
  readonly policy: PullPolicy
  readonly quiet: boolean
  readonly platform?: PlatformWanted
  /** `--signature-policy` */
  readonly policyPath?: string
}

/** Ctrl-C, `kill`, and the terminal that is closed. */
const interrupts = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Base of the commands that speak with registries. */
export abstract class RegistryCommand extends ImageCommand {
  protected get environment() {
    return resolveEnvironment()
  }

  /** Registries as this command's options say; dispose it at the end. */
  protected async registryAccess(given: RegistryGiven): Promise<RegistryAccess> {
    refuseMissingAuthFile(given.authfile, existsSync)
    const credentials = await credentialsOf(given.creds, () => readSecretLine('Password: '))
    // Here and below: whoever has the image at hand, as `run` mostly does, loads nothing of registries.
    const registries = await import('../../image/registry/registry-access.ts')
    return new registries.RegistryAccess({
      environment: this.environment,
      retry: await this.#retryPolicy(given),
      ...(given.authfile !== undefined && {authFile: given.authfile}),
      ...(given['cert-dir'] !== undefined && {certDir: given['cert-dir']}),
      ...(credentials && {credentials}),
      ...this.#tlsVerify(given),
    })
  }

  /** The image of this name; pulled where the policy wants it. */
  protected async ensuredImage(images: ImageStore, name: string, given: PullGiven): Promise<Image> {
    const {policy, platform, policyPath, quiet} = given
    using access = await this.registryAccess(given)
    const {ensureImage} = await import('../../image/pull-image.ts')
    return this.interruptible((signal) =>
      ensureImage(images, name, {
        ...{access, signal, policy, environment: this.environment, report: this.copyReport(quiet)},
        ...chooseShortName(),
        ...(platform && {platform}),
        ...(policyPath !== undefined && {policyPath}),
      }),
    )
  }

  /** The image that a container is made anew of, as its record names it; pulled when it is missing. */
  protected async containerImage(name: string): Promise<ContainerImage> {
    const {images} = await this.runtime()
    await this.ensuredImage(images, name, {policy: 'missing', quiet: false})
    const {image, name: fullName} = images.resolve(name)
    const {id, digest, topLayer} = image
    return {id, digest, name: fullName, rawName: name, ...(topLayer && {topLayer})}
  }

  /** Runs `action` with a signal that Ctrl-C sets off; what was begun is undone before the command ends. */
  protected async interruptible<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    let code = 0
    const stop = (signal: NodeJS.Signals) => {
      code = 128 + constants.signals[signal]
      controller.abort()
    }
    for (const signal of interrupts) process.on(signal, stop)
    try {
      return await action(controller.signal)
    } catch (error) {
      throw code > 0 ? new ExitStatus(code) : error
    } finally {
      for (const signal of interrupts) process.off(signal, stop)
    }
  }

  /** What `login` and `logout` mean when they name none. @throws ERR_REFUSED */
  protected async firstSearchRegistry(): Promise<string> {
    using access = await this.registryAccess({})
    const [first] = access.conf.searchRegistries
    if (first !== undefined) return first
    throw new EngineError('ERR_REFUSED', 'no registries found in registries.conf, a registry must be provided')
  }

  #tlsVerify(given: RegistryGiven): {readonly tlsVerify?: boolean} {
    if (!this.changed('tls-verify')) return given.insecure ? {tlsVerify: false} : {}
    if (this.changed('insecure') && given.insecure === given['tls-verify'])
      throw new EngineError('ERR_REFUSED', '--insecure and --tls-verify contradict each other')
    return {tlsVerify: given['tls-verify'] ?? true}
  }

  async #retryPolicy(given: RegistryGiven): Promise<RetryPolicy> {
    const {engine} = await this.engineConfig()
    const delay = given['retry-delay'] ?? engine.retryDelay
    return {
      ...defaultRetry,
      attempts: given.retry ?? engine.retry,
      ...(delay && {delayMs: parseGoDuration(delay) / 1e6, fixed: true}),
      onRetry: (error, delayMs, attempt, attempts) =>
        this.printError(
          `time="${localTime()}" level=warning msg="Failed, retrying in ${delayMs / 1000}s ... (${attempt}/${attempts}). Error: ${escapeQuotes(error)}"`,
        ),
    }
  }
}

/** `--platform` or its parts. @throws ERR_REFUSED for both */
export function platformOf(given: {
  readonly arch?: string
  readonly os?: string
  readonly platform?: string
  readonly variant?: string
}): PlatformWanted | undefined {
  if (given.platform !== undefined) {
    if (given.arch !== undefined || given.os !== undefined)
      throw new EngineError('ERR_REFUSED', '--platform option can not be specified with --arch or --os')
    return parsePlatform(given.platform)
  }
  if (given.arch === undefined && given.os === undefined && given.variant === undefined) return undefined
  return normalPlatform({os: given.os, architecture: given.arch, variant: given.variant})
}

function localTime(): string {
  return new Date().toISOString().replace(/\.\d+Z/, 'Z')
}

function escapeQuotes(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/["\\]/g, '\\$&')
}
