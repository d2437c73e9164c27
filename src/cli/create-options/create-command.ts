import {ensureImage, type Image, type ImageStore} from '../../image/index.ts'
import type {Container} from '../../libpod/container.ts'
import type {ContainerRequest} from '../../specgen/index.ts'
import {chooseShortName} from '../image/choose-short-name.ts'
import {platformOf, RegistryCommand} from '../image/registry-command.ts'
import {createContainer} from './create-container.ts'
import type {CreateOptions} from './create-flags.ts'
import type {ImageWish} from './provide-image.ts'
import {pullPolicy} from './provide-image.ts'

/** Base of `create` and `run`. */
export abstract class CreateCommand extends RegistryCommand {
  /** The container that the command line asks for, on disk. */
  protected async createContainer(
    given: CreateOptions,
    words: readonly string[],
    more: Partial<ContainerRequest> = {},
  ): Promise<Container> {
    return createContainer({
      open: () => this.runtime(),
      ...{given, words, more, createCommand: this.commandLine},
      image: (defaultPolicy) => this.#imageWish(given, defaultPolicy),
      context: {
        workingDirectory: process.cwd(),
        environment: process.env,
        changed: (option) => this.changed(option),
        warn: (sentence) => this.printError(sentence),
      },
    })
  }

  #imageWish(given: CreateOptions, defaultPolicy: string): ImageWish {
    const policy = pullPolicy(given.pull ?? defaultPolicy)
    const platform = platformOf(given)
    return {
      policy,
      ...(platform && {platform}),
      pull: (images, name) => this.#pull(images, name, given, {policy, platform}),
    }
  }

  async #pull(
    images: ImageStore,
    name: string,
    given: CreateOptions,
    {policy, platform}: Pick<ImageWish, 'policy' | 'platform'>,
  ): Promise<Image> {
    using access = await this.registryAccess(given)
    return this.interruptible((signal) =>
      ensureImage(images, name, {
        ...{access, signal, policy, environment: this.environment, report: this.copyReport(given.quiet)},
        ...chooseShortName(),
        ...(platform && {platform}),
        ...(given['signature-policy'] !== undefined && {policyPath: given['signature-policy']}),
      }),
    )
  }
}
