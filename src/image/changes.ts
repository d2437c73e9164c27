import {EngineError} from '../errors/index.ts'
import type {ImageRunConfig} from '../oci/types/image-spec.ts'

type Change = (config: ImageRunConfig, value: string) => ImageRunConfig

/**
 * Applies `--change` of import and commit: Containerfile instructions, `KEY VALUE` or `KEY=VALUE`.
 * @throws ERR_REFUSED @see containers/common libimage, ImageConfigFromChanges
 */
export function applyChanges(config: ImageRunConfig, changes: readonly string[]): ImageRunConfig {
  return changes.reduce((before, text) => {
    const {key, value} = splitChange(text)
    const change = Object.hasOwn(instructions, key) ? instructions[key] : undefined
    if (!change) throw new EngineError('ERR_REFUSED', `invalid change "${text}" - invalid instruction ${key}`)
    return change(before, value)
  }, config)
}

const instructions: Readonly<Record<string, Change>> = {
  CMD: (config, value) => ({...config, Cmd: commandOf(value)}),
  ENTRYPOINT: (config, value) => ({...config, Entrypoint: commandOf(value)}),
  ENV: (config, value) => ({...config, Env: withEnv(config.Env ?? [], value)}),
  EXPOSE: (config, value) => ({...config, ExposedPorts: {...config.ExposedPorts, [portOf(value)]: {}}}),
  LABEL: (config, value) => ({...config, Labels: {...config.Labels, ...labelsOf(value)}}),
  ONBUILD: (config, value) => ({...config, OnBuild: [...(config.OnBuild ?? []), value]}),
  STOPSIGNAL: (config, value) => ({...config, StopSignal: value}),
  USER: (config, value) => ({...config, User: value}),
  VOLUME: (config, value) => ({...config, Volumes: {...config.Volumes, ...volumesOf(value)}}),
  WORKDIR: (config, value) => ({...config, WorkingDir: value}),
}

function splitChange(text: string): {readonly key: string; readonly value: string} {
  const match = /^\s*(\w+)(?:\s+|=)(.*)$/s.exec(text)
  if (!match) throw new EngineError('ERR_REFUSED', `invalid change "${text}" - must be formatted as KEY VALUE`)
  return {key: (match[1] as string).toUpperCase(), value: (match[2] as string).trim()}
}

/** A JSON list is the command itself, anything else a line for the shell. */
function commandOf(value: string): readonly string[] {
  return jsonStrings(value) ?? ['/bin/sh', '-c', value]
}

function jsonStrings(value: string): readonly string[] | undefined {
  if (!value.startsWith('[')) return undefined
  try {
    const list: unknown = JSON.parse(value)
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined
  } catch {
    return undefined
  }
}

function withEnv(env: readonly string[], value: string): readonly string[] {
  const equals = value.indexOf('=')
  const [name, content] =
    equals < 0
      ? [value.split(/\s+/)[0] as string, value.replace(/^\S+\s*/, '')]
      : [value.slice(0, equals), value.slice(equals + 1)]
  if (name === '') throw new EngineError('ERR_REFUSED', `invalid ENV "${value}"`)
  return [...env.filter((entry) => !entry.startsWith(`${name}=`)), `${name}=${unquote(content)}`]
}

function portOf(value: string): string {
  const match = /^(\d+)(?:\/(tcp|udp|sctp))?$/.exec(value)
  const port = Number(match?.[1])
  if (!match || port < 1 || port > 65535) throw new EngineError('ERR_REFUSED', `invalid EXPOSE port "${value}"`)
  return `${port}/${match[2] ?? 'tcp'}`
}

function labelsOf(value: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {}
  for (const match of value.matchAll(/("[^"]*"|[^\s=]+)=("(?:[^"\\]|\\.)*"|\S*)/g))
    labels[unquote(match[1] as string)] = unquote(match[2] as string)
  if (Object.keys(labels).length === 0) labels[value] = ''
  return labels
}

function volumesOf(value: string): Readonly<Record<string, object>> {
  const paths = jsonStrings(value) ?? value.split(/\s+/)
  return Object.fromEntries(paths.map((path) => [path, {}]))
}

function unquote(text: string): string {
  return /^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(["\\])/g, '$1') : text
}
