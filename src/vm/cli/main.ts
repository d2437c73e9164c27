import {EngineError} from '../../errors/index.ts'
import {settleProcess} from '../../host/settle-process.ts'
import {appendTimings, TIMINGS_VARIABLE} from '../../timings/index.ts'
import {globalOptions, readGlobals} from './globals.ts'
import {helpOf, helpOfVerb} from './help.ts'
import {Log} from './log.ts'
import {openServices} from './open-services.ts'
import {type ParsedOptions, type ParseResult, parseOptions} from './options.ts'
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
  let log: Log | undefined
  let failureCode = FAILED
  try {
    const parsed = parseOptions(argv, globalOptions, true)
    const globals = parsed.options
    log = new Log(globals)
    const [name, ...words] = parsed.args
    if (globals.flag('version')) return print(`berth-vm version ${version()}\nspec: 1.1.0`)
    if (name === undefined || globals.flag('help')) return print(await helpOf())
    const topic = name === 'help' ? words[0] : name
    if (topic === undefined) return print(await helpOf())
    const verb = await findVerb(topic)
    if (!verb) {
      failureCode = NO_SUCH_VERB
      throw new EngineError('ERR_REFUSED', `No help topic for '${topic}'`)
    }
    if (name === 'help' || asksForHelp(words, verb)) return print(helpOfVerb(topic, verb))
    const call = parseCall(name, verb, words)
    failureCode = verb.failureCode ?? FAILED
    return await runVerb(name, verb, call, globals, log)
  } catch (error) {
    return report(error, log, failureCode)
  }
}

/** As runc's. */
const FAILED = 1
const NO_SUCH_VERB = 3

function parseCall(name: string, verb: Verb, words: readonly string[]): ParseResult {
  const call = parseOptions(words, verb.options, verb.stopAtFirstArgument ?? false)
  const [minimum, maximum] = verb.args
  const {length} = call.args
  if (length < minimum) refuseArguments(name, minimum === maximum ? `exactly ${minimum}` : `a minimum of ${minimum}`)
  if (length > maximum) refuseArguments(name, minimum === maximum ? `exactly ${maximum}` : `a maximum of ${maximum}`)
  return call
}

function refuseArguments(name: string, number: string): never {
  throw new EngineError('ERR_REFUSED', `"${name}" requires ${number} argument(s)`)
}

async function runVerb(
  name: string,
  verb: Verb,
  {options, args}: ParseResult,
  given: ParsedOptions,
  log: Log,
): Promise<number> {
  const globals = readGlobals(given)
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

async function findVerb(name: string): Promise<Verb | undefined> {
  return Object.hasOwn(verbs, name) ? (await verbs[name]?.())?.verb : undefined
}

/** `--help` counts as ours only where options of ours may stand. */
function asksForHelp(words: readonly string[], verb: Verb): boolean {
  return (verb.stopAtFirstArgument ? words.slice(0, 1) : words).some((word) => word === '--help' || word === '-h')
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

function report(error: unknown, log: Log | undefined, exitCode: number): number {
  const message = messageOf(error)
  log?.write('error', message)
  process.stderr.write(`berth-vm: ${message}\n`)
  return exitCode
}

/** What the system refused is told in its words; anything else that is not ours is a bug, and told with its place. */
function messageOf(error: unknown): string {
  if (error instanceof EngineError) return error.message
  if (error instanceof Error && 'syscall' in error) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
