import type {UlimitRequest} from '../container-request.ts'
import {refuse} from '../refuse.ts'
import {integer} from './numbers.ts'

const NAMES = [
  ...['as', 'core', 'cpu', 'data', 'fsize', 'locks', 'memlock', 'msgqueue', 'nice', 'nofile', 'nproc', 'rss', 'rtprio'],
  ...['rttime', 'sigpending', 'stack'],
]

/** `NAME=SOFT[:HARD]`, -1 for no limit; or `host`. @throws ERR_REFUSED in podman's words */
export function parseUlimit(text: string): UlimitRequest {
  if (text === 'host') return 'host'
  const fail = (reason: string): never =>
    refuse(`ulimit option ${JSON.stringify(text)} requires name=SOFT:HARD, failed to be parsed: ${reason}`)
  const [name = '', values, ...more] = text.split('=')
  if (values === undefined || more.length > 0) return fail(`invalid ulimit argument: ${text}`)
  const word = name.toLowerCase().replace(/^rlimit_/, '')
  if (!NAMES.includes(word)) return fail(`invalid ulimit type: ${name}`)
  const [softText = '', hardText = softText, ...rest] = values.split(':')
  if (rest.length > 0)
    return fail(`too many limit value arguments - ${values}, can only have up to two, \`soft[:hard]\``)
  const prefix = `ulimit option ${JSON.stringify(text)} requires name=SOFT:HARD, failed to be parsed: `
  const [soft, hard] = [integer(softText, prefix, 'ParseInt'), integer(hardText, prefix, 'ParseInt')]
  if (hard !== -1 && (soft === -1 || soft > hard)) {
    return fail(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`)
  }
  return {type: `RLIMIT_${word.toUpperCase()}`, soft, hard}
}
