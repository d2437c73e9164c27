import {readFileSync} from 'node:fs'
import {EngineError, isErrno} from '../../errors/index.ts'
import type {Field} from '../documents/field.ts'
import {defaultIdentity, type IdentityRule, parseIdentityRule} from './signed-identity.ts'

/** A key in a file, which is read when it is needed, or in the policy itself. */
export type KeySource = {readonly path: string} | {readonly data: Buffer}

/** An image must be signed by one of the keys, for an identity that the rule accepts. */
export interface SignatureRequirement {
  /** GPG's simple signing, or sigstore's with a public key. */
  readonly type: 'signedBy' | 'sigstoreSigned'
  readonly keys: readonly KeySource[]
  readonly identity: IdentityRule
}

/** @see containers-policy.json(5) */
export type Requirement =
  | {readonly type: 'insecureAcceptAnything'}
  | {readonly type: 'reject'}
  | {readonly type: 'signedBaseLayer'}
  | SignatureRequirement

/** @throws ERR_CONFIG_INVALID naming the field */
export function parseRequirement(item: Field): Requirement {
  const type = item.at('type').string()
  switch (type) {
    case 'insecureAcceptAnything':
    case 'reject':
      onlyKeys(item, ['type'])
      return {type}
    case 'signedBaseLayer':
      return {type}
    case 'signedBy':
      onlyKeys(item, ['type', 'keyType', 'keyPath', 'keyPaths', 'keyData', 'signedIdentity'])
      if (item.at('keyType').string() !== 'GPGKeys') item.at('keyType').fail('only GPGKeys are supported')
      return {type, keys: parseKeys(item), identity: parseIdentity(item)}
    case 'sigstoreSigned':
      if (!item.at('fulcio').absent || !item.at('rekorPublicKeyPath').absent)
        throw new EngineError('ERR_NOT_SUPPORTED', 'sigstoreSigned with fulcio or rekor: name a public key')
      onlyKeys(item, ['type', 'keyPath', 'keyData', 'signedIdentity'])
      return {type, keys: parseKeys(item), identity: parseIdentity(item)}
    default:
      return item.at('type').fail(`unknown policy requirement type "${type}"`)
  }
}

/** @throws ERR_CONFIG_INVALID for a key file that is not there */
export function readKey(key: KeySource): Buffer {
  if ('data' in key) return key.data
  try {
    return readFileSync(key.path)
  } catch (cause) {
    if (isErrno(cause, 'ENOENT', 'EACCES', 'EISDIR'))
      throw new EngineError('ERR_CONFIG_INVALID', `reading key ${key.path}: ${cause.code}`, {cause})
    throw cause
  }
}

/** @throws ERR_CONFIG_INVALID */
export function onlyKeys(object: Field, known: readonly string[]): void {
  const unknown = Object.keys(object.object()).find((key) => !known.includes(key))
  if (unknown !== undefined) object.fail(`unknown key "${unknown}"`)
}

function parseKeys(item: Field): readonly KeySource[] {
  const path = item.at('keyPath').optional((field) => [{path: field.string()}])
  const paths = item.at('keyPaths').optional((field) => field.strings().map((one) => ({path: one})))
  const data = item.at('keyData').optional((field) => [{data: Buffer.from(field.string(), 'base64')}])
  const given = [path, paths, data].filter((keys) => keys !== undefined)
  const [keys] = given
  if (given.length !== 1 || !keys) return item.fail('needs exactly one of keyPath, keyPaths and keyData')
  return keys
}

function parseIdentity(item: Field): IdentityRule {
  return item.at('signedIdentity').optional(parseIdentityRule) ?? defaultIdentity
}
