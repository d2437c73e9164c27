import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {resolveEnvironment} from '../../../src/config/environment.ts'
import {checkPolicy} from '../../../src/image/trust/policy.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'berth-policy-'))
})
afterEach(() => rmSync(root, {recursive: true, force: true}))

const accept = [{type: 'insecureAcceptAnything'}]
const reject = [{type: 'reject'}]

function environment(policy?: unknown) {
  if (policy !== undefined) {
    mkdirSync(join(root, 'etc/containers'), {recursive: true})
    writeFileSync(join(root, 'etc/containers/policy.json'), JSON.stringify(policy))
  }
  return resolveEnvironment({env: {HOME: root}, systemRoot: root})
}

function allows(policy: unknown, identity: string, transport: 'docker' | 'oci-archive' = 'docker'): boolean {
  try {
    checkPolicy(environment(policy), {transport, identity})
    return true
  } catch (error) {
    expect(error).toMatchObject({code: 'ERR_POLICY'})
    return false
  }
}

describe('policy.json', () => {
  it('allows everything without a file', () => {
    expect(() => checkPolicy(environment(), {transport: 'docker', identity: 'quay.io/a:1'})).not.toThrow()
  })

  it('lets the most specific scope decide', () => {
    const policy = {
      default: reject,
      transports: {
        docker: {
          '': reject,
          'quay.io': accept,
          'quay.io/bad': reject,
          'quay.io/bad/good:1': accept,
          '*.example.com': accept,
        },
        'oci-archive': {'': accept, '/evil': reject},
      },
    }
    expect(allows(policy, 'quay.io/team/app:1')).toBe(true)
    expect(allows(policy, 'quay.io/bad/app:1')).toBe(false)
    expect(allows(policy, 'quay.io/bad/good:1')).toBe(true)
    expect(allows(policy, 'quay.io/bad/good:2')).toBe(false)
    expect(allows(policy, 'a.b.example.com:5000/x:1')).toBe(true)
    expect(allows(policy, 'example.com/x:1')).toBe(false)
    expect(allows(policy, '/tmp/a.tar', 'oci-archive')).toBe(true)
    expect(allows(policy, '/evil/a.tar', 'oci-archive')).toBe(false)
  })

  it('refuses what it cannot check', () => {
    expect(allows({default: [{type: 'signedBy', keyType: 'GPGKeys', keyPath: '/k'}]}, 'quay.io/a:1')).toBe(false)
  })

  it.each([
    [{default: []}, 'must not be empty'],
    [{default: accept, extra: 1}, 'unknown key "extra"'],
    [{default: [{type: 'nosuch'}]}, 'unknown policy requirement type "nosuch"'],
    [{default: [{type: 'reject', x: 1}]}, 'unknown key "x"'],
    [{}, 'default: must be a list'],
  ])('does not take %j for a policy', (policy, message) => {
    const subject = {transport: 'docker', identity: 'quay.io/a:1'} as const
    expect(() => checkPolicy(environment(policy), subject)).toThrow(message)
  })
})
