import * as flags from '../src/cli/flags.ts'
import {chooseShortName} from '../src/cli/image/choose-short-name.ts'
import {platformOf, RegistryCommand} from '../src/cli/image/registry-command.ts'
import {platformFlags, registryFlags, retryFlags} from '../src/cli/image/registry-flags.ts'
import {EngineError} from '../src/errors/index.ts'
import {ensureImage, type PullOptions, type PullPolicy, pullAllTags, pullPolicies} from '../src/image/index.ts'

export default class Pull extends RegistryCommand {
  static override summary = 'Pull an image from a registry'
  static override description =
    'Copies an image into the store: from a registry, by tag ("latest" unless given) or digest, or from an archive or directory.'
  static override usage = 'IMAGE [IMAGE...]'
  static override examples = [
    '<%= command.id %> imageName',
    '<%= command.id %> fedora:latest',
    '<%= command.id %> --platform linux/arm64 quay.io/fedora/fedora',
    '<%= command.id %> oci:/path/to/layout:tag',
  ]
  static override args = {image: flags.arg({required: true, multiple: true})}
  static override flags = {
    ...registryFlags,
    ...retryFlags,
    ...platformFlags,
    'all-tags': flags.bool({char: 'a', summary: 'Pull every tag of the repository'}),
    'decryption-key': flags.array({summary: 'Key for an encrypted image (not supported)'}),
    'disable-content-trust': flags.bool({summary: 'Accepted for scripts written for Docker; has no effect'}),
    policy: flags.string({
      summary: 'When to pull: always, missing, never or newer',
      default: 'always',
      suggests: [...pullPolicies],
    }),
    quiet: flags.bool({char: 'q', summary: 'Show no progress'}),
    'signature-policy': flags.string({summary: 'File with the signature policy to apply', hidden: true}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Pull)
    if (given['decryption-key'].length > 0) throw new EngineError('ERR_NOT_SUPPORTED', 'encrypted images')
    const policy = parsePolicy(given.policy)
    const platform = platformOf(given)
    const images = await this.images()
    using access = await this.registryAccess(given)
    await this.interruptible(async (signal) => {
      const options: PullOptions = {
        access,
        signal,
        report: this.copyReport(given.quiet),
        ...(platform && {platform}),
        ...(given['signature-policy'] !== undefined && {policyPath: given['signature-policy']}),
      }
      for (const name of argv as string[]) {
        try {
          const pulled = given['all-tags']
            ? await pullAllTags(images, name, options)
            : [
                await ensureImage(images, name, {
                  ...options,
                  ...chooseShortName(),
                  policy,
                  environment: this.environment,
                }),
              ]
          for (const {id} of pulled) this.print(id)
        } catch (error) {
          // An interrupted pull is no failure to report, and the names that follow are not wanted any more
          if (signal.aborted || !(error instanceof EngineError)) throw error
          this.report(error)
        }
      }
    })
  }
}

function parsePolicy(text: string): PullPolicy {
  const policy = pullPolicies.find((known) => known === text.toLowerCase())
  if (!policy) throw new EngineError('ERR_REFUSED', `unsupported pull policy "${text}"`)
  return policy
}
