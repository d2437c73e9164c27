import * as flags from '../../src/cli/flags.ts'
import {RegistryCommand} from '../../src/cli/image/registry-command.ts'
import {registryFlags} from '../../src/cli/image/registry-flags.ts'
import {EngineError} from '../../src/errors/index.ts'
import {signRemote} from '../../src/image/index.ts'

export default class ImageSign extends RegistryCommand {
  static override summary = 'Sign an image'
  static override description =
    'Signs an image in a registry with a GPG key and writes the signature into the signature store of that registry, or into --directory.'
  static override usage = 'IMAGE [IMAGE...]'
  static override examples = [
    '<%= command.id %> --sign-by mykey docker://registry.example.com/image:tag',
    '<%= command.id %> --sign-by mykey --directory ./mykeydir docker://registry.example.com/image:tag',
  ]
  static override args = {image: flags.arg({required: true, multiple: true})}
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Sign the image for every platform'}),
    authfile: registryFlags.authfile,
    'cert-dir': registryFlags['cert-dir'],
    directory: flags.string({
      char: 'd',
      summary: 'Directory to write the signatures to, instead of the configured one',
    }),
    'sign-by': flags.string({summary: 'Key to sign with, as gpg finds it: a fingerprint or an e-mail address'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(ImageSign)
    const name = given['sign-by']
    if (!name) throw new EngineError('ERR_REFUSED', 'please provide an identity')
    using access = await this.registryAccess(given)
    const {all, directory} = given
    await this.interruptible(async (signal) => {
      for (const image of argv)
        await signRemote(image, {
          access,
          key: {name},
          all,
          signal,
          ...(directory !== undefined && {directory}),
        })
    })
  }
}
