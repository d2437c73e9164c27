import {EngineError} from '../../errors/index.ts'
import {settleProcess} from '../../host/settle-process.ts'
import {appendTimings, TIMINGS_VARIABLE} from '../../timings/index.ts'
import {globalOptions, readGlobals} from './globals.ts'
import {helpOf, helpOfVerb} from './help.ts'
import {Log} from './log.ts'
import {openServices} from './open-services.ts'
import {type ParsedOptions, parseOptions} from './options.ts'
import type {Verb} from './verb.ts'
import {verbs} from './verbs.ts'
import {version} from './version.ts'

/**
 * The OCI runtime's command line: `berth-vm [GLOBAL OPTIONS] VERB [OPTIONS] [ARGUMENTS]`, without the program's own name.
 * Prints results and errors itself; returns the exit code.
 * @see https://github.com/opencontainers/runtime-tools/blob/master/docs/command-line-interface.md
 */
export async function main(argv: readonly string[]): Promise<number> {
  // podman runs some verbs with an empty environment.
  settleProcess()
  let globals: ParsedOptions | undefined
  let verb: Verb | undefined
  try {
    const parsed = parseOptions(argv, globalOptions, true)
    globals = parsed.options
    const [name, ...words] = parsed.args
    if (globals.flag('version')) return print(`berth-vm version ${version()}\nspec: 1.1.0`)
    if (name === undefined || globals.flag('help') || name === 'help') return print(await help(words[0]))
    verb = await findVerb(name)
    if (words.some((word) => word === '--help' || word === '-h')) {
      const before = parseHelp(words, verb)
      if (before) return print(helpOfVerb(name, verb))
    }
    return await runVerb(name, verb, words, globals)
  } catch (error) {
    return report(error, globals, verb)
  }
}

async function runVerb(name: string, verb: Verb, words: readonly string[], given: ParsedOptions): Promise<number> {
  const {options, args} = parseOptions(words, verb.options, verb.stopAtFirstArgument ?? false)
  const [minimum, maximum] = verb.args
  if (args.length < minimum || args.length > maximum)
    throw new EngineError(
      'ERR_INVALID_ARG',
      `${name}: wants ${verb.usage || 'no arguments'}, got ${args.length} arguments`,
    )
  const globals = readGlobals(given)
  const log = new Log(given)
  let services: ReturnType<typeof openServices> | undefined
  const open = () => {
    services ??= openServices(globals, log)
    return services
  }
  const print = (line: string) => void process.stdout.write(`${line}\n`)
  try {
    return await verb.run({options, args, globals, services: open, print})
  } finally {
    const failure = services && appendTimings(`berth-vm ${name}`, (await services).timings, timingsFile(given))
    if (failure) log.write('warning', `timings: ${failure.message}`)
  }
}

function timingsFile(globals: ParsedOptions): string | undefined {
  return globals.value('timings') ?? process.env[TIMINGS_VARIABLE]
}

async function findVerb(name: string): Promise<Verb> {
  const load = verbs[name]
  if (!load) throw new EngineError('ERR_INVALID_ARG', `no help topic for '${name}'`)
  return (await load()).verb
}

/** `--help` counts as ours only where options of ours may stand. */
function parseHelp(words: readonly string[], verb: Verb): boolean {
  if (!verb.stopAtFirstArgument) return true
  return words[0] === '--help' || words[0] === '-h'
}

async function help(name: string | undefined): Promise<string> {
  return name === undefined ? helpOf() : helpOfVerb(name, await findVerb(name))
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

function report(error: unknown, globals: ParsedOptions | undefined, verb: Verb | undefined): number {
  const message = messageOf(error)
  if (globals) new Log(globals).write('error', message)
  process.stderr.write(`berth-vm: ${message}\n`)
  return verb?.failureCode ?? 1
}

/** What the system refused is told in its words; anything else that is not ours is a bug, and told with its place. */
function messageOf(error: unknown): string {
  if (error instanceof EngineError) return error.message
  if (error instanceof Error && 'syscall' in error) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
