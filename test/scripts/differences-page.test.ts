import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {describeDifferences} from '../../scripts/document/differences-page.ts'

test('docs/podman-differences.md says what the cases mark (node scripts/document-differences.ts writes it)', () => {
  expect(readFileSync(new URL('../../docs/podman-differences.md', import.meta.url), 'utf8')).toBe(describeDifferences())
})
