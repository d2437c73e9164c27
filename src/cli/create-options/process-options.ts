import {EngineError} from '../../errors/index.ts'
import {
  type ContainerRequest,
  definedOnly,
  keyValues,
  readPairsFile,
  refuse,
  splitAtEquals,
  strictKeyValues,
} from '../../specgen/index.ts'
import * as flags from '../flags.ts'
import type {OptionContext} from './option-context.ts'

/** What runs, as whom, with which variables. */
export const processFlags = {
  annotation: flags.array({summary: 'Add annotations to container (key=value)', valueName: 'KEY=VALUE'}),
  attach: flags.list({
    char: 'a',
    summary: 'Attach to STDIN, STDOUT or STDERR',
    suggests: ['stdin', 'stdout', 'stderr'],
  }),
  chrootdirs: flags.array({summary: 'Chroot directories inside the container'}),
  entrypoint: flags.string({summary: 'Overwrite the default ENTRYPOINT of the image'}),
  env: flags.array({char: 'e', summary: 'Set environment variables in container', valueName: 'KEY[=VALUE]'}),
  'env-file': flags.array({summary: 'Read in a file of environment variables', valueName: 'FILE'}),
  'env-host': flags.bool({summary: 'Use all current host environment variables in container'}),
  'env-merge': flags.array({
    summary: 'Preprocess environment variables from image before injecting them into the container',
  }),
  'group-add': flags.list({summary: 'Add additional groups to the primary container process', valueName: 'GROUP'}),
  'group-entry': flags.string({summary: 'Entry to write to /etc/group'}),
  hostuser: flags.list({summary: 'Host user account to add to /etc/passwd within container', valueName: 'NAME'}),
  'http-proxy': flags.bool({
    summary: 'Set proxy environment variables in the container based on the host proxy vars',
    default: true,
  }),
  init: flags.bool({summary: 'Run an init binary inside the container that forwards signals and reaps processes'}),
  'init-path': flags.string({summary: 'Path to the container-init binary'}),
  interactive: flags.bool({char: 'i', summary: 'Make STDIN available to the contained process'}),
  label: flags.array({char: 'l', summary: 'Set metadata on container', valueName: 'KEY[=VALUE]'}),
  'label-file': flags.array({summary: 'Read in a line delimited file of labels', valueName: 'FILE'}),
  passwd: flags.bool({summary: 'Add entries to /etc/passwd and /etc/group', default: true}),
  'passwd-entry': flags.string({summary: 'Entry to write to /etc/passwd'}),
  personality: flags.string({
    summary: 'Configure execution domain using personality (e.g., LINUX/LINUX32)',
    suggests: ['LINUX', 'LINUX32'],
  }),
  systemd: flags.string({
    summary: 'Run container in systemd mode ("true"|"false"|"always")',
    default: 'true',
    suggests: ['true', 'false', 'always'],
  }),
  tty: flags.bool({char: 't', summary: 'Allocate a pseudo-TTY for container'}),
  tz: flags.string({summary: 'Set timezone in container', valueName: 'ZONE'}),
  umask: flags.string({summary: 'Set umask in container'}),
  unsetenv: flags.array({summary: 'Unset environment default variables in container', valueName: 'NAME'}),
  'unsetenv-all': flags.bool({summary: 'Unset all default environment variables in container'}),
  user: flags.string({char: 'u', summary: 'Username or UID (format: <name|uid>[:<group|gid>])'}),
  workdir: flags.string({char: 'w', summary: 'Working directory inside the container', valueName: 'DIR'}),
}

type Given = flags.FlagValues<typeof processFlags>

export function processRequest(given: Given, context: OptionContext): Partial<ContainerRequest> {
  const {changed} = context
  checkStreams(given.attach)
  return {
    annotations: strictKeyValues(given.annotation, () => 'annotations must be formatted KEY=VALUE'),
    chrootDirs: given.chrootdirs,
    entrypoint: given.entrypoint === undefined ? undefined : entrypointOf(given.entrypoint),
    env: environmentOf(given.env, given['env-file'], context),
    ...(changed('env-host') && {hostEnv: given['env-host'] ? definedOnly(context.environment) : false}),
    envMerge: given['env-merge'],
    ...{unsetEnv: given.unsetenv, unsetEnvAll: given['unsetenv-all']},
    ...(changed('http-proxy') && {httpProxy: given['http-proxy']}),
    ...{groupAdd: groupsOf(given['group-add']), groupEntry: given['group-entry'], hostUsers: given.hostuser},
    ...(changed('init') && {init: given.init}),
    initPath: given['init-path'],
    labels: labelsOf(given.label, given['label-file']),
    ...{passwd: given.passwd, passwdEntry: given['passwd-entry'], personality: personalityOf(given.personality)},
    systemd: given.systemd as ContainerRequest['systemd'],
    ...{terminal: given.tty, stdin: given.interactive, timezone: given.tz, umask: given.umask},
    ...{user: given.user, workdir: given.workdir},
  }
}

function checkStreams(streams: readonly string[]): void {
  const unknown = streams.find((stream) => !['stdin', 'stdout', 'stderr'].includes(stream.toLowerCase()))
  if (unknown !== undefined) {
    refuse(
      `invalid stream ${JSON.stringify(unknown)} for --attach - must be one of stdin, stdout, or stderr: invalid argument`,
    )
  }
}

/** A JSON list of strings, or one word; an empty one clears the image's. */
export function entrypointOf(text: string): string[] {
  if (text === '') return []
  return jsonStrings(text) ?? [text]
}

export function jsonStrings(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
  } catch {
    // As podman: what is no JSON is a word.
    return undefined
  }
}

function environmentOf(
  pairs: readonly string[],
  files: readonly string[],
  context: OptionContext,
): Record<string, string> {
  const complaint = 'invalid environment variable'
  const ofFiles = files.map((file) => {
    const where = `parsing env file ${JSON.stringify(file)}: `
    return variables(readPairsFile(file, where), context, `${where}${complaint}`)
  })
  return Object.assign({}, ...ofFiles, variables(pairs, context, complaint))
}

/** `KEY=VALUE`; a bare `KEY` takes the caller's value, `PREFIX*` all that begin so. */
function variables(pairs: readonly string[], {environment}: OptionContext, complaint: string): Record<string, string> {
  const result: Record<string, string> = {}
  for (const pair of pairs) {
    const [key, value] = splitAtEquals(pair)
    if (key === '') refuse(`${complaint}: ${JSON.stringify(pair)}`)
    if (value !== undefined) result[key] = value
    else Object.assign(result, inherited(key, environment))
  }
  return result
}

function inherited(key: string, environment: OptionContext['environment']): Record<string, string> {
  const all = definedOnly(environment)
  if (!key.endsWith('*')) return key in all ? {[key]: all[key] ?? ''} : {}
  return Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith(key.slice(0, -1))))
}

function labelsOf(pairs: readonly string[], files: readonly string[]): Record<string, string> {
  const lines = files.flatMap((file) => readPairsFile(file, 'unable to process labels: '))
  return keyValues(
    [...lines, ...pairs],
    (text) => `unable to process labels: invalid label format: ${JSON.stringify(text)}`,
  )
}

function personalityOf(text: string | undefined): string | undefined {
  const word = text?.toUpperCase()
  if (word === undefined || word === 'LINUX' || word === 'LINUX32') return word
  return refuse(`invalid personality ${JSON.stringify(text)}: must be LINUX or LINUX32`)
}

function groupsOf(names: readonly string[]): readonly string[] {
  if (names.length > 1 && names.includes('keep-groups'))
    throw new EngineError(
      'ERR_REFUSED',
      "the '--group-add keep-groups' option is not allowed with any other --group-add options",
    )
  return names
}
