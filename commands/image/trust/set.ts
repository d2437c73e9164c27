import * as flags from '../../../src/cli/flags.ts'
import {ImageCommand} from '../../../src/cli/image/image-command.ts'
import {resolveEnvironment} from '../../../src/config/environment.ts'
import {EngineError} from '../../../src/errors/index.ts'
import {setTrust, type TrustType, trustTypes} from '../../../src/image/index.ts'

export default class ImageTrustSet extends ImageCommand {
  static override summary = 'Set default trust policy or a new trust policy for a registry'
  static override description =
    'Says for a registry, or a part of one, whether its images are accepted, rejected, or need a signature.'
  static override usage = 'REGISTRY'
  static override examples = [
    '<%= command.id %> --type accept docker.io',
    '<%= command.id %> --pubkeysfile /etc/pki/containers/foo.gpg registry.example.com',
  ]
  static override args = {registry: flags.arg({required: true})}
  static override flags = {
    policypath: flags.string({summary: 'Policy file to change, instead of that of the system', hidden: true}),
    pubkeysfile: flags.list({
      char: 'f',
      summary: 'File with a public key to trust; repeat it when several keys must have signed',
    }),
    type: flags.string({
      char: 't',
      summary: 'What is demanded of images: accept, reject, signedBy or sigstoreSigned',
      default: 'signedBy',
      suggests: [...trustTypes],
    }),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(ImageTrustSet)
    await setTrust({
      environment: resolveEnvironment(),
      scope: args.registry,
      type: parseType(given.type),
      keyPaths: given.pubkeysfile,
      ...(given.policypath !== undefined && {policyPath: given.policypath}),
    })
  }
}

function parseType(text: string): TrustType {
  if (text === 'insecureAcceptAnything') return 'accept'
  const type = trustTypes.find((known) => known === text)
  if (type) return type
  const words = trustTypes.map((word) => `'${word}'`).join(', ')
  throw new EngineError('ERR_REFUSED', `invalid choice: ${text} (choose from ${words})`)
}
