import type {Environment} from '../../config/environment.ts'
import {EngineError, hasCode} from '../../errors/index.ts'
import {run} from '../../host/index.ts'
import {loadPolicy} from './policy.ts'
import {configuredLookaside} from './registries-d.ts'
import type {KeySource, Requirement, SignatureRequirement} from './requirements.ts'

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

/** @throws ERR_REFUSED when there is no policy */
export async function trustRows(environment: Environment, policyPath?: string): Promise<readonly TrustRow[]> {
  const policy = loadPolicy(environment, policyPath)
  if (!policy) throw new EngineError('ERR_REFUSED', 'no policy.json')
  const rows: TrustRow[] = []
  for (const requirement of policy.default)
    rows.push({transport: 'all', name: '* (default)', repository: 'default', ...(await describe(requirement))})
  const {docker = {}, ...others} = policy.transports
  for (const scope of Object.keys(docker).sort()) {
    const store = configuredLookaside(environment, scope)
    for (const requirement of docker[scope] ?? [])
      rows.push({
        ...{transport: 'repository', name: scope, repository: scope},
        ...(await describe(requirement)),
        ...(isSigned(requirement) && store !== undefined && {store}),
      })
  }
  for (const [transport, scopes] of Object.entries(others))
    for (const [scope, requirements] of Object.entries(scopes))
      for (const requirement of requirements)
        rows.push({transport, ...(scope !== '' && {name: scope, repository: scope}), ...(await describe(requirement))})
  return rows
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

function isSigned(requirement: Requirement): requirement is SignatureRequirement {
  return requirement.type === 'signedBy' || requirement.type === 'sigstoreSigned'
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
