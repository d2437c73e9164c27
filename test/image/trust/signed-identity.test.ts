import {describe, expect, it} from 'vitest'
import {Field} from '../../../src/image/documents/field.ts'
import {parseReference} from '../../../src/image/reference.ts'
import {acceptsIdentity, parseIdentityRule} from '../../../src/image/trust/signed-identity.ts'

const digest = `sha256:${'a'.repeat(64)}`

describe('the identity that a signature claims', () => {
  it.each([
    [{type: 'matchExact'}, 'r.io/a/b:1', 'r.io/a/b:1', true],
    [{type: 'matchExact'}, 'r.io/a/b:1', 'r.io/a/b:2', false],
    [{type: 'matchExact'}, 'r.io/a/b:1', 'r.io/a/b', false],
    [{type: 'matchExact'}, `r.io/a/b@${digest}`, 'r.io/a/b:1', false],
    [{type: 'matchExact'}, `r.io/a/b@${digest}`, `r.io/a/b@${digest}`, true],
    [{type: 'matchRepoDigestOrExact'}, 'r.io/a/b:1', 'r.io/a/b:1', true],
    [{type: 'matchRepoDigestOrExact'}, 'r.io/a/b:1', 'r.io/a/b:2', false],
    [{type: 'matchRepoDigestOrExact'}, `r.io/a/b@${digest}`, 'r.io/a/b:1', true],
    [{type: 'matchRepoDigestOrExact'}, `r.io/a/b@${digest}`, 'r.io/a/c:1', false],
    [{type: 'matchRepoDigestOrExact'}, `r.io/a/b@${digest}`, 'r.io/a/b', false],
    [{type: 'matchRepository'}, 'r.io/a/b:1', 'r.io/a/b:2', true],
    [{type: 'matchRepository'}, 'r.io/a/b:1', 'r.io/a/b', true],
    [{type: 'matchRepository'}, 'r.io/a/b:1', 'r.io/a:1', false],
    [{type: 'matchRepository'}, 'r.io/a/b:1', 'not a name', false],
    [{type: 'exactReference', dockerReference: 'x.io/y:3'}, 'r.io/a/b:1', 'x.io/y:3', true],
    [{type: 'exactReference', dockerReference: 'x.io/y:3'}, 'x.io/y:4', 'x.io/y:4', false],
    [{type: 'exactRepository', dockerRepository: 'x.io/y'}, 'r.io/a/b:1', 'x.io/y:9', true],
    [{type: 'exactRepository', dockerRepository: 'x.io/y'}, 'r.io/a/b:1', 'r.io/a/b:1', false],
    [{type: 'remapIdentity', prefix: 'mirror.io', signedPrefix: 'r.io/x'}, 'mirror.io/b:1', 'r.io/x/b:1', true],
    [{type: 'remapIdentity', prefix: 'mirror.io', signedPrefix: 'r.io/x'}, 'mirror.io/b:1', 'mirror.io/b:1', false],
    [{type: 'remapIdentity', prefix: 'mirror.io/b', signedPrefix: 'r.io/b'}, 'mirror.io/bc:1', 'r.io/bc:1', false],
    [{type: 'remapIdentity', prefix: 'other.io', signedPrefix: 'r.io'}, 'mirror.io/b:1', 'mirror.io/b:1', true],
  ])('by %o: %s signed as %s is %s', (rule, image, signed, accepted) => {
    const parsed = parseIdentityRule(Field.of(rule, 'rule', 'ERR_CONFIG_INVALID'))
    expect(acceptsIdentity(parsed, parseReference(image), signed)).toBe(accepted)
  })

  it('has no rule that nobody knows', () => {
    const rule = Field.of({type: 'matchNothing'}, 'rule', 'ERR_CONFIG_INVALID')
    expect(() => parseIdentityRule(rule)).toThrow('unknown policy reference match type "matchNothing"')
  })
})
