import {expect, test} from 'vitest'
import {chainIDOf} from '../../storage/chain-id.ts'

test('a chain id hashes the parent’s and the diff id', () => {
  const [a, b] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`] as const
  expect(chainIDOf(undefined, a)).toBe(a)
  // printf 'sha256:aa… sha256:bb…' | sha256sum
  expect(chainIDOf(a, b)).toBe('sha256:ccd722928bd92476ba1745586fed6e45a102504185ad88cd89e01ff116fd146c')
})
