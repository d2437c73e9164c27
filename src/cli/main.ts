import {resolve} from 'node:path'
import {TIMINGS_VARIABLE} from '../timings/index.ts'
import type {CommandTable} from './command-table.ts'
import {HelpRequest} from './engine-command.ts'
import {errorTrace} from './error-text.ts'
import {BROKEN_PIPE, ExitStatus, exitCodeOf} from './exit-codes.ts'
import type {GlobalFlags} from './global-flags.ts'
import {logFailure} from './log-failure.ts'
import {oclifConfig} from './oclif-config.ts'
import {BrokenPipeError, writeErr, writeOut} from './output.ts'
import {FlagError} from './pflag/parse-flags.ts'
import {prepareProcess} from './process-options.ts'
import {type Resolved, resolveCommand} from './resolve-command.ts'
import {unknownCommandText} from './unknown-command.ts'
import {berthVersion} from './version.ts'

/** A failure whose text needs no more than printing. */
class UsageError extends Error {}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic']

class UnknownLogLevel extends Error {
  constructor(level: string) {
    super(`Log Level "${level}" is not supported, choose from: ${LOG_LEVELS.join(', ')}`)
  }
}

/** Runs a command line (without the program's name), prints its failure, and returns the exit code. Never throws. */
export async function main(argv: readonly string[], table: CommandTable): Promise<number> {
  try {
    return await dispatch(argv, table)
  } catch (error) {
    if (error instanceof BrokenPipeError) return BROKEN_PIPE
    if (error instanceof ExitStatus) return error.exitCode
    if (error instanceof UnknownLogLevel) return refuseLogLevel(error)
    logFailure(error, argv.includes('--syslog'))
    if (wantsTrace(argv)) writeErr(`${errorTrace(error)}\n`)
    return exitCodeOf(error)
  }
}

async function dispatch(argv: readonly string[], table: CommandTable): Promise<number> {
  const resolved = resolveCommand(argv, table)
  switch (resolved.kind) {
    case 'badFlag':
      throw seeHelp(resolved.error, resolved.path)
    case 'unknown':
      if (resolved.word === 'help' && resolved.path.length === 0) return showTopic(resolved.args, table)
      if (resolved.globals.values.help === true) return showGroup({...resolved, kind: 'group'}, table)
      throw new UsageError(unknownCommandText(resolved.path, resolved.word, table))
    case 'group':
      return showGroup(resolved, table)
    case 'command':
      return runCommand(resolved, argv, table)
  }
}

/** `help WORDS`: the page of the last of them that is a command. */
async function showTopic(words: readonly string[], table: CommandTable): Promise<number> {
  const resolved = resolveCommand(
    words.filter((word) => !word.startsWith('-')),
    table,
  )
  if (resolved.kind === 'command') return dispatch([...resolved.path, '--help'], table)
  if (resolved.kind === 'unknown' && resolved.path.length === 0)
    writeErr(`Unknown help topic [${words.map((word) => `\`${word}\``).join(' ')}]\n`)
  return dispatch([...(resolved.kind === 'badFlag' ? [] : resolved.path), '--help'], table)
}

async function showGroup(resolved: Resolved & {kind: 'group'}, table: CommandTable): Promise<number> {
  if (resolved.path.length === 0 && resolved.globals.values.version === true) return showVersion()
  const {groupPage} = await import('./help/group-page.ts')
  writeOut(await groupPage(resolved.path, table))
  if (resolved.globals.values.help === true) return 0
  throw new UsageError(`missing command '${['berth', ...resolved.path].join(' ')} COMMAND'`)
}

async function runCommand(
  resolved: Resolved & {kind: 'command'},
  argv: readonly string[],
  table: CommandTable,
): Promise<number> {
  const {path, entry, args, globals} = resolved
  if (!isLogLevel(globals.values['log-level'])) throw new UnknownLogLevel(String(globals.values['log-level']))
  prepareProcess(globals.values as GlobalFlags)
  const type = await entry.load()
  if (globals.values.version === true) return showVersion()
  if (globals.values.timings) process.env[TIMINGS_VARIABLE] = resolve(String(globals.values.timings))
  const command = new type([...args], oclifConfig())
  try {
    if (globals.values.help === true) throw new HelpRequest()
    return await command.execute({path, globals, argv, table})
  } catch (error) {
    if (error instanceof FlagError) throw seeHelp(error, path)
    if (!(error instanceof HelpRequest)) throw error
    const {commandPage} = await import('./help/command-page.ts')
    writeOut(commandPage(path, entry, type))
    return 0
  }
}

/** podman's way: no `Error:`, and another exit code than every other mistake on the command line. */
function refuseLogLevel(error: UnknownLogLevel): number {
  writeErr(`${error.message}\n`)
  return 1
}

function isLogLevel(level: unknown): boolean {
  return LOG_LEVELS.includes(String(level).toLowerCase())
}

function showVersion(): number {
  writeOut(`berth version ${berthVersion}\n`)
  return 0
}

function seeHelp(error: FlagError, path: readonly string[]): UsageError {
  return new UsageError(`${error.message}\nSee '${['berth', ...path].join(' ')} --help'`)
}

/** Read from the raw words: the failure may be that they do not parse. */
function wantsTrace(argv: readonly string[]): boolean {
  return argv.some(
    (word, i) =>
      /^--log-level=(debug|trace)$/.test(word) || (/^(debug|trace)$/.test(word) && argv[i - 1] === '--log-level'),
  )
}
