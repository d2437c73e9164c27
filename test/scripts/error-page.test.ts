import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {describeErrors} from '../../scripts/document/error-page.ts'

test('docs/errors.md lists every error code as the table has it (node scripts/document-errors.ts writes it)', () => {
  expect(readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')).toBe(describeErrors())
})
