import {homedir} from 'node:os'
import {basename} from 'node:path'
import * as flags from '../../src/cli/flags.ts'
import {RegistryCommand} from '../../src/cli/image/registry-command.ts'
import {labelCommand} from '../../src/cli/label-command.ts'
import {EngineError} from '../../src/errors/index.ts'
import {installRoot, runQuick, workingDirectory} from '../../src/host/index.ts'

export default class ContainerRunlabel extends RegistryCommand {
  static override summary = 'Execute the command described by an image label'
  static override description =
    'Executes the command that an image has in a label. ${IMAGE}, ${NAME}, ${PWD} and ${OPT1} to ${OPT3} in it are replaced; podman and docker stand for berth.'
  static override usage = 'LABEL IMAGE [ARG...]'
  static override examples = [
    '<%= command.id %> run imageID',
    '<%= command.id %> install imageID arg1 arg2',
    '<%= command.id %> --display run myImage',
  ]
  static override optionsEndAtFirstPositional = true
  static override args = {
    label: flags.arg({required: true}),
    image: flags.arg({required: true}),
    more: flags.arg({multiple: true}),
  }
  static override flags = {
    authfile: flags.string({
      summary: 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override',
    }),
    'cert-dir': flags.string({summary: 'Pathname of a directory containing TLS certificates and keys'}),
    creds: flags.string({summary: 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry'}),
    display: flags.bool({summary: 'Preview the command that the label would run'}),
    name: flags.string({char: 'n', summary: 'Assign a name to the container'}),
    opt1: flags.string({summary: 'Optional parameter to pass for install', hidden: true}),
    opt2: flags.string({summary: 'Optional parameter to pass for install', hidden: true}),
    opt3: flags.string({summary: 'Optional parameter to pass for install', hidden: true}),
    pull: flags.bool({
      char: 'p',
      summary: 'Pull the image if it does not exist locally',
      default: true,
      hidden: true,
      deprecated: 'podman will pull if not found in local storage',
    }),
    quiet: flags.bool({char: 'q', summary: 'Suppress output information when installing images'}),
    replace: flags.bool({summary: 'Replace existing container with a new one from the image'}),
    'signature-policy': flags.string({summary: 'Pathname of signature policy file', hidden: true}),
    'tls-verify': flags.bool({
      summary: 'Require HTTPS and verify certificates when contacting registries',
      default: true,
    }),
  }

  async run(): Promise<void> {
    const {args, argv, flags: given} = await this.parse(ContainerRunlabel)
    const {images, containers} = await this.runtime()
    await this.ensuredImage(images, args.image, {
      ...{...given, policy: 'missing'},
      ...(given['signature-policy'] !== undefined && {policyPath: given['signature-policy']}),
    })
    const {image, name: imageName} = images.resolve(args.image)
    const text = labelNamed(image.config.config?.Labels ?? {}, args.label)
    if (text === undefined)
      throw new EngineError('ERR_REFUSED', `cannot find the value of label: ${args.label} in image: ${args.image}`)
    const [program = '', ...words] = labelCommand([text, ...argv.slice(2)].join(' '), {
      image: imageName,
      name: given.name ?? shortName(image.id.startsWith(args.image) ? imageName : args.image),
      variables: {
        ...{PWD: workingDirectory(), HOME: homedir()},
        ...{OPT1: given.opt1 ?? '', OPT2: given.opt2 ?? '', OPT3: given.opt3 ?? ''},
      },
    })
    // The engine's own name in place of whatever program it is, as podman shows it.
    if (given.display) return this.print(`command: berth ${words.join(' ')}`)
    if (given.replace) await containers.find(words[words.indexOf('--name') + 1] ?? '')?.remove({force: true})
    const path = isEngine(program) ? `${installRoot()}/bin/berth` : program
    const env = {...process.env, PODMAN_RUNLABEL_NESTED: '1'}
    const {exitCode} = await runQuick(path, words, given.quiet ? {env} : {inherit: true, env})
    this.exitCode = exitCode
  }
}

function labelNamed(labels: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(labels).find(([key, value]) => value !== '' && key.toLowerCase() === name.toLowerCase())?.[1]
}

/** The last part of an image's name, without tag. */
function shortName(image: string): string {
  return image.split('/').at(-1)?.split(/[:@]/)[0] ?? ''
}

function isEngine(program: string): boolean {
  return program === 'podman' || program === 'berth' || basename(program) === 'docker'
}
