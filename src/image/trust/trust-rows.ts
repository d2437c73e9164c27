import type {Environment} from '../../config/environment.ts'
import {EngineError, hasCode} from '../../errors/index.ts'
import {run} from '../../host/index.ts'
import {loadPolicy} from './policy.ts'
import {configuredLookasides, registriesDirectory} from './registries-d.ts'
import type {KeySource, Requirement} from './requirements.ts'

/** One requirement of policy.json, as `image trust show` lists it. */
export interface TrustRow {
  readonly transport: string
  readonly name?: string
  readonly repository?: string
  readonly type: string
  /** Whose keys they are. */
  readonly keyID?: string
  /** Where the signatures are. */
  readonly store?: string
}

export interface TrustPlaces {
  /** Another policy.json than the usual. */
  readonly policyPath?: string | undefined
  /** Another registries.d than the usual. */
  readonly registriesPath?: string | undefined
}

/** @throws ERR_REFUSED when there is no policy */
export async function trustRows(
  environment: Environment,
  {policyPath, registriesPath}: TrustPlaces = {},
): Promise<readonly TrustRow[]> {
  const policy = loadPolicy(environment, policyPath)
  if (!policy) throw new EngineError('ERR_REFUSED', 'no policy.json')
  const lookaside = configuredLookasides(registriesPath ?? registriesDirectory(environment))
  const rows: TrustRow[] = []
  const add = async (requirements: readonly Requirement[], scope: string, about: Omit<TrustRow, 'type'>) => {
    const store = lookaside(scope)
    for (const requirement of requirements)
      rows.push({...about, ...(await describe(requirement)), ...(store !== undefined && {store})})
  }
  await add(policy.default, '', {transport: 'all', name: '* (default)', repository: 'default'})
  for (const [transport, scopes] of sorted(policy.transports))
    for (const [scope, requirements] of sorted(scopes ?? {}))
      await add(requirements, scope, {
        transport: transport === 'docker' ? 'repository' : transport,
        ...(scope !== '' && {name: scope, repository: scope}),
      })
  return rows
}

function sorted<Value>(map: Readonly<Record<string, Value>>): readonly (readonly [string, Value])[] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))
}

async function describe(requirement: Requirement): Promise<{readonly type: string; readonly keyID?: string}> {
  switch (requirement.type) {
    case 'insecureAcceptAnything':
      return {type: 'accept'}
    case 'signedBy':
      return {type: 'signed', keyID: (await Promise.all(requirement.keys.map(ownersOf))).flat().join(', ')}
    case 'sigstoreSigned':
      return {type: requirement.type, keyID: 'N/A'}
    default:
      return {type: requirement.type}
  }
}

/** The e-mail addresses in a file of GPG keys; nothing for one that gpg cannot read. */
async function ownersOf(key: KeySource): Promise<readonly string[]> {
  const shown = 'path' in key ? {args: [key.path], options: {}} : {args: [], options: {input: key.data}}
  try {
    const {stdout} = await run('gpg', ['--batch', '--with-colons', '--show-keys', ...shown.args], shown.options)
    const users = stdout.split('\n').flatMap((line) => (line.startsWith('uid:') ? (line.split(':')[9] ?? '') : []))
    return users.map((user) => /<([^>]+)>/.exec(user)?.[1] ?? user)
  } catch (error) {
    if (hasCode(error, 'ERR_PROGRAM_FAILED', 'ERR_PROGRAM_MISSING')) return []
    throw error
  }
}
