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
      summary: 'File with the logins for registries (instead of $REGISTRY_AUTH_FILE)',
    }),
    'cert-dir': flags.string({summary: 'Directory with TLS certificates and keys for the registry'}),
    creds: flags.string({
      summary: 'Log in to the registry as USERNAME:PASSWORD; the password is asked for when left out',
    }),
    display: flags.bool({summary: 'Print the command without running it'}),
    name: flags.string({char: 'n', summary: 'Name that the command of the label gets as NAME'}),
    opt1: flags.string({summary: 'Value for OPT1 in the command of the label', hidden: true}),
    opt2: flags.string({summary: 'Value for OPT2 in the command of the label', hidden: true}),
    opt3: flags.string({summary: 'Value for OPT3 in the command of the label', hidden: true}),
    pull: flags.bool({
      char: 'p',
      summary: 'Pull an image that is not in local storage',
      default: true,
      hidden: true,
      deprecated: 'podman will pull if not found in local storage',
    }),
    quiet: flags.bool({char: 'q', summary: 'Show neither progress nor what the command prints'}),
    replace: flags.bool({summary: 'Remove a container that already has the name first'}),
    'signature-policy': flags.string({summary: 'File with the signature policy to apply', hidden: true}),
    'tls-verify': flags.bool({
      summary: 'Use HTTPS only, and registries whose certificate is valid',
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
