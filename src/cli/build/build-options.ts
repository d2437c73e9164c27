import {existsSync, readFileSync} from 'node:fs'
import {resolve} from 'node:path'
import type {BuildRequest} from '../../build/index.ts'
import {EngineError, inContext} from '../../errors/index.ts'
import {parseReference} from '../../image/index.ts'
import {parseGoDuration} from '../pflag/go-duration.ts'
import type {BuildOptions} from './build-flags.ts'
import {containerRequest} from './container-flags.ts'

/** The part of a build's request that the options alone decide. @throws ERR_REFUSED */
export function buildOptions(
  given: BuildOptions,
): Omit<BuildRequest, 'containerfilePath' | 'containerfiles' | 'contextDirectory' | 'platform' | 'sshSockets'> {
  if (given.format !== 'oci' && given.format !== 'docker')
    throw new EngineError('ERR_REFUSED', `unrecognized image type ${JSON.stringify(given.format)}`)
  if (given.jobs < 0)
    throw new EngineError('ERR_REFUSED', 'building: invalid value for jobs.  It must be a positive integer')
  for (const name of given.tag) checkName(name)
  return {
    tags: given.tag,
    target: given.target,
    buildArgs: {...fromFiles(given['build-arg-file']), ...fromWords(given['build-arg'])},
    buildContexts: Object.fromEntries(given['build-context'].map((text) => namedContext(text))),
    ...{labels: pairs(given.label), unsetLabels: given.unsetlabel, inheritLabels: given['inherit-labels']},
    ...{annotations: pairs(given.annotation), unsetAnnotations: given.unsetannotation},
    ...{inheritAnnotations: given['inherit-annotations'], createdAnnotation: given['created-annotation']},
    ...{env: given.env, unsetEnv: given.unsetenv, omitHistory: given['omit-history']},
    ...{noCache: given['no-cache'], layers: given.layers, jobs: given.jobs, from: given.from},
    ...(given['cache-ttl'] !== undefined && {cacheTtlMs: parseGoDuration(given['cache-ttl']) / 1e6}),
    ...{skipUnusedStages: given['skip-unused-stages'], compatVolumes: given['compat-volumes']},
    ...(given['squash-all'] ? {squash: 'all' as const} : given.squash || !given.layers ? {squash: 'new' as const} : {}),
    format: given.format,
    ignoreFile: given.ignorefile === undefined ? undefined : resolve(given.ignorefile),
    ...timesOf(given),
    container: containerRequest(given),
    secrets: Object.fromEntries(given.secret.map(secretOf)),
  }
}

/** Before minutes of building. */
function checkName(name: string): void {
  try {
    parseReference(name)
  } catch (error) {
    throw inContext(`tag ${name}`, error)
  }
}

/** `NAME=VALUE`, or `NAME` for the caller's own variable; one that is not set counts for nothing. */
function fromWords(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.flatMap((word) => {
      const equals = word.indexOf('=')
      if (equals >= 0) return [[word.slice(0, equals), word.slice(equals + 1)]]
      const value = process.env[word]
      return value === undefined ? [] : [[word, value]]
    }),
  )
}

function fromFiles(files: readonly string[]): Record<string, string> {
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n'))
  return fromWords(lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')))
}

function pairs(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) =>
      word.includes('=') ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] : [word, ''],
    ),
  )
}

function namedContext(text: string): readonly [string, string] {
  const equals = text.indexOf('=')
  if (equals < 1)
    throw new EngineError(
      'ERR_REFUSED',
      `incorrect --build-context format: ${JSON.stringify(text)}, expecting NAME=VALUE`,
    )
  const value = text.slice(equals + 1)
  return [text.slice(0, equals), /^[\w-]+:\/\//.test(value) ? value : resolve(value)]
}

function timesOf(given: BuildOptions): Pick<BuildRequest, 'fileTimes' | 'timestamp'> {
  if (given.timestamp !== undefined && given['source-date-epoch'] !== undefined)
    throw new EngineError('ERR_REFUSED', 'timestamp and source-date-epoch would be ambiguous if allowed together')
  if (given.timestamp !== undefined) return {timestamp: given.timestamp, fileTimes: 'set'}
  const timestamp = epoch(given['source-date-epoch'])
  return {timestamp, ...(given['rewrite-timestamp'] && {fileTimes: 'clamp' as const})}
}

function epoch(text = process.env.SOURCE_DATE_EPOCH): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d+$/.test(text)) throw new EngineError('ERR_REFUSED', `invalid source-date-epoch ${JSON.stringify(text)}`)
  return Number(text)
}

/** `id=ID[,src=FILE][,env=NAME][,type=file|env]` */
function secretOf(text: string): readonly [string, BuildRequest['secrets'][string]] {
  const words = Object.fromEntries(
    text.split(',').map((word) => [word.split('=')[0], word.slice(word.indexOf('=') + 1)]),
  )
  const {id, env, type} = words
  const source = words.src ?? words.source
  if (!id) throw new EngineError('ERR_REFUSED', `incorrect secret flag format: should be --secret id=foo,src=bar`)
  if (env !== undefined || type === 'env') return [id, {variable: env ?? source ?? id}]
  const file = resolve(source ?? id)
  if (!existsSync(file))
    throw new EngineError('ERR_REFUSED', `could not find secret ${id}: ${file}: no such file or directory`)
  return [id, {file}]
}
