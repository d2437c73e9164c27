import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {installRoot} from '../../host/index.ts'

export function version(): string {
  return String(JSON.parse(readFileSync(join(installRoot(), 'package.json'), 'utf8')).version)
}
