import {existsSync} from 'node:fs'
import {workingDirectory} from '../../host/index.ts'
import type {Container} from '../../libpod/container.ts'
import type {ContainerRequest} from '../../specgen/index.ts'
import {platformOf, RegistryCommand} from '../image/registry-command.ts'
import {refuseMissingAuthFile} from '../image/registry-flags.ts'
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
    refuseMissingAuthFile(given.authfile, existsSync)
    return createContainer({
      open: () => this.runtime(),
      ...{given, words, more, createCommand: this.commandLine},
      image: (defaultPolicy) => this.#imageWish(given, defaultPolicy),
      context: {
        workingDirectory: workingDirectory(),
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
      pull: (images, name) =>
        this.ensuredImage(images, name, {
          ...{...given, policy, platform},
          ...(given['signature-policy'] !== undefined && {policyPath: given['signature-policy']}),
        }),
    }
  }
}
