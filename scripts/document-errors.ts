// Writes docs/errors.md from the table of error codes: node scripts/document-errors.ts
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describeErrors} from './document/error-page.ts'

writeFileSync(join(import.meta.dirname, '../docs/errors.md'), describeErrors())
