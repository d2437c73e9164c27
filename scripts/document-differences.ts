// Writes docs/podman-differences.md from the oracle's cases: node scripts/document-differences.ts
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describeDifferences} from './document/differences-page.ts'

writeFileSync(join(import.meta.dirname, '../docs/podman-differences.md'), describeDifferences())
