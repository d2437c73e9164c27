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
  annotation: flags.array({summary: 'Annotation for the OCI runtime and tools (repeatable)', valueName: 'KEY=VALUE'}),
  attach: flags.list({
    char: 'a',
    summary: 'Stream to connect to the terminal: stdin, stdout or stderr (repeatable)',
    suggests: ['stdin', 'stdout', 'stderr'],
  }),
  chrootdirs: flags.array({
    summary: 'Directory in the container that gets /etc/hosts and /etc/resolv.conf too, for a chroot (repeatable)',
  }),
  entrypoint: flags.string({summary: "Program to run instead of the image's entrypoint: a word or a JSON list"}),
  env: flags.array({
    char: 'e',
    summary: "Environment variable; KEY alone takes the caller's value (repeatable)",
    valueName: 'KEY[=VALUE]',
  }),
  'env-file': flags.array({summary: 'File with an environment variable on each line (repeatable)', valueName: 'FILE'}),
  'env-host': flags.bool({summary: "Pass on all of the caller's environment variables"}),
  'env-merge': flags.array({
    summary: "Variable made from the image's, such as PATH=$PATH:/app/bin (repeatable)",
  }),
  'group-add': flags.list({
    summary: 'Further group of the process, by name or number; keep-groups for those of the caller (repeatable)',
    valueName: 'GROUP',
  }),
  'group-entry': flags.string({summary: 'Line to add to /etc/group of the container'}),
  hostuser: flags.list({
    summary: "User of the host to add to the container's /etc/passwd (repeatable)",
    valueName: 'NAME',
  }),
  'http-proxy': flags.bool({
    summary: "Pass on the host's proxy variables, such as http_proxy and no_proxy",
    default: true,
  }),
  init: flags.bool({summary: 'Start a small init as process 1, which passes signals on and collects ended processes'}),
  'init-path': flags.string({summary: 'The init program of --init, by its path on the host'}),
  interactive: flags.bool({char: 'i', summary: "Keep the container's standard input open"}),
  label: flags.array({char: 'l', summary: 'Label to attach (repeatable)', valueName: 'KEY[=VALUE]'}),
  'label-file': flags.array({summary: 'File with a label on each line (repeatable)', valueName: 'FILE'}),
  passwd: flags.bool({
    summary: 'Enter the user and group of the container in its /etc/passwd and /etc/group',
    default: true,
  }),
  'passwd-entry': flags.string({summary: 'Line to add to /etc/passwd of the container'}),
  personality: flags.string({
    summary: 'Execution domain of the process: LINUX or LINUX32 (32-bit)',
    suggests: ['LINUX', 'LINUX32'],
  }),
  systemd: flags.string({
    summary: 'Set up what systemd needs: true (if the command is an init), always or false',
    default: 'true',
    suggests: ['true', 'false', 'always'],
  }),
  tty: flags.bool({char: 't', summary: 'Give the container a terminal'}),
  tz: flags.string({
    summary: 'Time zone in the container, such as Europe/Berlin, or local for that of the host',
    valueName: 'ZONE',
  }),
  umask: flags.string({summary: 'File mode mask of the process, in octal, such as 0027'}),
  unsetenv: flags.array({
    summary: 'Leave out a variable that the image or the engine sets (repeatable)',
    valueName: 'NAME',
  }),
  'unsetenv-all': flags.bool({summary: 'Leave out all variables that the image and the engine set'}),
  user: flags.string({
    char: 'u',
    summary: 'User to run as, by name or number, with a group behind a colon if wanted: USER[:GROUP]',
  }),
  workdir: flags.string({char: 'w', summary: 'Directory in the container where the process starts', valueName: 'DIR'}),
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
