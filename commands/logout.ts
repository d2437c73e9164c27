import * as flags from '../src/cli/flags.ts'
import {RegistryCommand} from '../src/cli/image/registry-command.ts'
import {EngineError} from '../src/errors/index.ts'
import {logout, logoutEverywhere} from '../src/image/index.ts'

export default class Logout extends RegistryCommand {
  static override summary = 'Logout of a container registry'
  static override description = 'Forgets the user name and password for a registry.'
  static override usage = '[REGISTRY]'
  static override examples = ['<%= command.id %> quay.io', '<%= command.id %> --all']
  static override args = {registry: flags.arg()}
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Forget the credentials of every registry'}),
    authfile: flags.string({
      summary: 'File with the logins for registries (instead of $REGISTRY_AUTH_FILE)',
    }),
    'compat-auth-file': flags.string({summary: "File to change instead, in the form of Docker's config.json"}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(Logout)
    const authFile = given.authfile ?? given['compat-auth-file']
    const target = {environment: this.environment, ...(authFile !== undefined && {authFile})}
    if (given.all) {
      if (args.registry !== undefined) throw new EngineError('ERR_REFUSED', '--all takes no arguments')
      await logoutEverywhere(target)
      return this.print('Removed login credentials for all registries')
    }
    const registry = (args.registry ?? (await this.firstSearchRegistry()))
      .replace(/^https?:\/\//, '')
      .replace(/\/+$/, '')
    await logout({...target, registry})
    this.print(`Removed login credentials for ${registry}`)
  }
}
