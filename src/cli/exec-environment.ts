import {readFileSync} from 'node:fs'
import {EngineError, systemReason} from '../errors/index.ts'

/**
 * `--env` and `--env-file` as `name=value` strings, options over files. A bare name takes the caller's value and is left out
 * when there is none; `PREFIX*` takes all of the caller's that begin so.
 * @throws ERR_REFUSED in podman's words
 */
export function execEnvironment(pairs: readonly string[], files: readonly string[]): string[] {
  const values = new Map<string, string>()
  for (const file of files) for (const line of linesOf(file)) setPair(values, line)
  for (const pair of pairs) setPair(values, pair)
  return [...values].map(([name, value]) => `${name}=${value}`)
}

function setPair(values: Map<string, string>, pair: string): void {
  const equals = pair.indexOf('=')
  const name = equals < 0 ? pair : pair.slice(0, equals)
  if (name === '')
    throw new EngineError(
      'ERR_REFUSED',
      `parsing environment variables: invalid environment variable: ${JSON.stringify(pair)}`,
    )
  if (equals >= 0) values.set(name, pair.slice(equals + 1))
  else for (const [key, value] of callersValues(name)) values.set(key, value)
}

function callersValues(name: string): [string, string][] {
  const fits = name.endsWith('*') ? (key: string) => key.startsWith(name.slice(0, -1)) : (key: string) => key === name
  return Object.entries(process.env).filter(
    (entry): entry is [string, string] => fits(entry[0]) && entry[1] !== undefined,
  )
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trimStart())
      .filter((line) => line !== '' && !line.startsWith('#'))
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', `parsing env file "${file}": open ${file}: ${systemReason(cause)}`, {cause})
  }
}
