import {readFileSync} from 'node:fs'
import {isErrno} from '../../errors/index.ts'

const bundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/ca-bundle.pem']
let roots: readonly string[] | undefined

/** The certificates the host trusts; Node brings its own list and does not read these. */
export function systemRoots(): readonly string[] {
  roots ??= readFirst()
  return roots
}

function readFirst(): readonly string[] {
  for (const path of bundles) {
    try {
      return [readFileSync(path, 'utf8')]
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'EACCES')) throw error
    }
  }
  return []
}
