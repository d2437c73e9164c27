import {join} from 'node:path'
import type {Environment} from '../../config/environment.ts'
import {readToml} from '../../config/toml-file.ts'
import {EngineError} from '../../errors/index.ts'
import {LockFile, writeFileAtomic} from '../../host/index.ts'
import type {ShortNames} from '../image-store.ts'
import {isShortName, parseReference, type Reference, splitName} from '../reference.ts'
import {loadRegistriesConf, type RegistriesConf} from './registries-conf.ts'

export interface ShortNameChoice {
  /** In the order to be tried. */
  readonly candidates: readonly Reference[]
  /** Says how the name was resolved; printed before the pull. */
  readonly notice?: string
  /** Ask which one is meant; the answer becomes an alias. */
  readonly ask: boolean
}

/** Short names by aliases and search registries. Files are read when the first short name is asked for. */
export class ConfiguredShortNames implements ShortNames {
  readonly #environment: Environment
  #conf: RegistriesConf | undefined

  constructor(environment: Environment) {
    this.#environment = environment
  }

  alias(short: string): Reference | undefined {
    const {name, ...rest} = splitName(short)
    const target = this.#cached()[name] ?? this.#config.aliases[name]?.target
    return target ? {...parseReference(target), ...rest} : undefined
  }

  searched(short: string): readonly Reference[] {
    return this.#config.searchRegistries.map((registry) => parseReference(`${registry}/${short}`))
  }

  /**
   * What a pull of `text` may mean. @throws ERR_REFUSED when nothing tells, or asking is enforced without a terminal
   * @see containers-registries.conf(5), short-name-mode
   */
  choose(text: string, onTerminal: boolean): ShortNameChoice {
    if (!isShortName(text)) return {candidates: [parseReference(text)], ask: false}
    const alias = this.alias(text)
    if (alias) return {candidates: [alias], ask: false, notice: this.#aliasNotice(text)}
    const candidates = this.searched(text)
    if (candidates.length === 0) throw this.#unresolved(text)
    const mode = this.#config.shortNameMode
    const notice = `Resolving "${text}" using unqualified-search registries (${this.#config.path})`
    if (candidates.length === 1 || mode === 'disabled') return {candidates, ask: false, notice}
    if (onTerminal) return {candidates, ask: true}
    if (mode === 'enforcing')
      throw new EngineError('ERR_REFUSED', 'short-name resolution enforced but cannot prompt without a TTY')
    return {candidates, ask: false, notice}
  }

  /** Keeps the answer to a question as an alias, in the file that the machine writes. */
  async record(short: string, chosen: Reference): Promise<void> {
    const {name} = splitName(short)
    const path = this.#cachePath
    using _ = await LockFile.acquire(`${path}.lock`)
    const aliases = {...this.#cached(), [name]: `${chosen.domain}/${chosen.path}`}
    const lines = Object.entries(aliases).map(([key, value]) => `  ${JSON.stringify(key)} = ${JSON.stringify(value)}`)
    writeFileAtomic(path, `[aliases]\n${lines.join('\n')}\n`, {mode: 0o644})
  }

  get #config(): RegistriesConf {
    this.#conf ??= loadRegistriesConf(this.#environment)
    return this.#conf
  }

  get #cachePath(): string {
    const {uid, systemRoot, variables} = this.#environment
    const folder = uid === 0 ? join(systemRoot, 'var/cache/containers') : join(cacheHome(variables), 'containers')
    return join(folder, 'short-name-aliases.conf')
  }

  #cached(): Readonly<Record<string, string>> {
    const aliases = readToml(this.#cachePath)?.aliases
    return typeof aliases === 'object' && aliases !== null ? (aliases as Record<string, string>) : {}
  }

  #aliasNotice(text: string): string {
    const {name} = splitName(text)
    return `Resolved "${name}" as an alias (${this.#cached()[name] ? this.#cachePath : this.#config.aliases[name]?.file})`
  }

  #unresolved(text: string): EngineError {
    return new EngineError(
      'ERR_REFUSED',
      `short-name "${text}" did not resolve to an alias and no unqualified-search registries are defined in "${this.#config.path}"`,
    )
  }
}

function cacheHome(variables: Environment['variables']): string {
  return variables.XDG_CACHE_HOME || join(variables.HOME || '/', '.cache')
}
