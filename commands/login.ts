import {isatty} from 'node:tty'
import * as flags from '../src/cli/flags.ts'
import {readLine, readSecretLine} from '../src/cli/image/read-secret-line.ts'
import {readStdin} from '../src/cli/image/read-stdin.ts'
import {RegistryCommand} from '../src/cli/image/registry-command.ts'
import {EngineError, hasCode} from '../src/errors/index.ts'
import {checkLogin, type LoginTarget, loggedInAs, login} from '../src/image/index.ts'

interface Given {
  readonly authfile?: string
  readonly 'compat-auth-file'?: string
  readonly 'get-login': boolean
  readonly password?: string
  readonly 'password-stdin': boolean
  readonly secret?: string
  readonly username?: string
}

export default class Login extends RegistryCommand {
  static override summary = 'Login to a container registry'
  static override description =
    'Keeps a user name and password for a registry in auth.json, or in a credential helper, after trying them.'
  static override usage = '[REGISTRY]'
  static override examples = [
    '<%= command.id %> quay.io',
    '<%= command.id %> --username ... --password ... quay.io',
    '<%= command.id %> --authfile dir/auth.json quay.io',
  ]
  static override args = {registry: flags.arg()}
  static override flags = {
    authfile: flags.string({
      summary: 'File with the logins for registries (instead of $REGISTRY_AUTH_FILE)',
    }),
    'cert-dir': flags.string({summary: 'Directory with TLS certificates and keys for the registry'}),
    'compat-auth-file': flags.string({summary: "File to change instead, in the form of Docker's config.json"}),
    'get-login': flags.bool({summary: 'Print who is logged in, and change nothing'}),
    password: flags.string({char: 'p', summary: 'Password'}),
    'password-stdin': flags.bool({summary: 'Read the password from stdin'}),
    secret: flags.string({summary: 'Name of the secret that holds the password'}),
    'tls-verify': flags.bool({
      summary: 'Use HTTPS only, and registries whose certificate is valid',
      default: true,
    }),
    username: flags.string({char: 'u', summary: 'Username'}),
    verbose: flags.bool({char: 'v', summary: 'Print which file keeps the credentials'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(Login)
    checkOptions(given)
    const target = await this.#target(args.registry, given)
    if (given['get-login']) return this.print(await loggedInAs(target))
    if (await this.#isLoggedIn(target, given)) return
    const credentials = await this.#credentials(given)
    using access = await this.registryAccess({
      ...given,
      authfile: undefined,
      creds: `${credentials.username}:${credentials.password}`,
    })
    const {keptIn} = await login(access, target, credentials)
    if (given.verbose) this.print(`Used: ${keptIn}`)
    this.print('Login Succeeded!')
  }

  async #target(registry: string | undefined, given: Given): Promise<LoginTarget> {
    const authFile = given.authfile ?? given['compat-auth-file']
    const named = registry ?? (await this.firstSearchRegistry())
    const name = named.replace(/^https?:\/\//, '').replace(/\/+$/, '')
    if (name === '') throw new EngineError('ERR_REFUSED', 'please provide a registry to log in to')
    return {environment: this.environment, registry: name, ...(authFile !== undefined && {authFile})}
  }

  /** Without new credentials those that are kept are tried first. */
  async #isLoggedIn(target: LoginTarget, given: Given): Promise<boolean> {
    if (
      given.username !== undefined ||
      given.password !== undefined ||
      given['password-stdin'] ||
      given.secret !== undefined
    )
      return false
    try {
      await loggedInAs(target)
      this.print(`Authenticating with existing credentials for ${target.registry}`)
      using access = await this.registryAccess({...given, authfile: undefined})
      await checkLogin(access, target.registry)
      this.print(`Existing credentials are valid. Already logged in to ${target.registry}`)
      return true
    } catch (error) {
      if (hasCode(error, 'ERR_UNAUTHORIZED'))
        this.print('Existing credentials are invalid, please enter valid username and password')
      else if (!hasCode(error, 'ERR_REFUSED')) throw error
      return false
    }
  }

  async #credentials(given: Given): Promise<{username: string; password: string}> {
    const username = given.username ?? (await readLine('Username: '))
    if (given['password-stdin']) return {username, password: trimEnd(await readStdin())}
    if (given.secret !== undefined) return {username, password: await this.#secret(given.secret)}
    if (given.password === undefined && !isatty(0))
      throw new EngineError(
        'ERR_REFUSED',
        'getting username and password: reading password: inappropriate ioctl for device',
      )
    const password = given.password ?? (await readSecretLine('Password: '))
    return {username, password}
  }

  async #secret(name: string): Promise<string> {
    const {secrets} = await this.runtime()
    return trimEnd(Buffer.from(await secrets.data(secrets.lookup(name))).toString('utf8'))
  }
}

function checkOptions(given: Given): void {
  if (given.authfile !== undefined && given['compat-auth-file'] !== undefined)
    throw new EngineError(
      'ERR_REFUSED',
      'options for paths to the credential file and to the Docker-compatible credential file can not be set simultaneously',
    )
  if (given['password-stdin'] && given.password !== undefined)
    throw new EngineError('ERR_REFUSED', "Can't specify both --password-stdin and --password")
  if (given.secret !== undefined && given.password !== undefined)
    throw new EngineError('ERR_REFUSED', 'exactly one of --password or --secret must be given')
  if (given['password-stdin'] && given.username === undefined)
    throw new EngineError('ERR_REFUSED', 'Must provide --username with --password-stdin')
  if (given['password-stdin'] && isatty(0))
    throw new EngineError('ERR_REFUSED', 'cannot read the password from a terminal')
}

function trimEnd(text: string): string {
  return text.replace(/[\r\n]+$/, '')
}
