import {readFileSync} from 'node:fs'
import {isErrno, systemReason} from '../../errors/index.ts'
import {refuse} from '../refuse.ts'

/** `KEY=VALUE` pairs, the value empty without `=`. @throws ERR_REFUSED with `complain(text)` for an empty key */
export function keyValues(texts: readonly string[], complain: (text: string) => string): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [key, value] = splitAtEquals(text)
      if (key === '') refuse(complain(text))
      return [key, value ?? '']
    }),
  )
}

/** As `keyValues`, but the `=` is needed. */
export function strictKeyValues(texts: readonly string[], complain: (text: string) => string): Record<string, string> {
  for (const text of texts) if (!text.includes('=')) refuse(complain(text))
  return keyValues(texts, complain)
}

export function splitAtEquals(text: string): [string, string | undefined] {
  const equals = text.indexOf('=')
  return equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)]
}

/**
 * Lines of an env or label file: blank lines and comments are passed over, leading white space is not part of the key.
 * @throws ERR_REFUSED in podman's words, after `prefix`
 */
export function readPairsFile(path: string, prefix: string): string[] {
  let text: string
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (cause) {
    if (!isErrno(cause)) throw cause
    return refuse(`${prefix}${cause.code === 'EISDIR' ? 'read' : 'open'} ${path}: ${systemReason(cause)}`, cause)
  }
  const lines = text.split(/\r?\n/).map((line) => line.trimStart())
  return lines.filter((line) => line !== '' && !line.startsWith('#'))
}
