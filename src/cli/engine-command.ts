import type {Interfaces} from '@oclif/core'
import {Command} from '@oclif/core/command'
import type {EngineConfig} from '../config/engine-config.ts'
import {EngineError} from '../errors/index.ts'
import type {Container} from '../libpod/container.ts'
import type {Runtime} from '../libpod/runtime.ts'
import {appendTimings, nowUs, processStartUs, type Span, Trace} from '../timings/index.ts'
import {checkArgCount} from './arg-count.ts'
import type {CommandTable, Invocation} from './command-table.ts'
import {ExitStatus, exitCodeOf} from './exit-codes.ts'
import type {FlagDefinition, FlagValues} from './flags.ts'
import type {GlobalFlags} from './global-flags.ts'
import {globalFlags} from './global-flags.ts'
import {logFailure} from './log-failure.ts'
import {openEngine, resolveConfig} from './open-engine.ts'
import {outcomes} from './outcomes.ts'
import {BrokenPipeError, writeErr, writeOut} from './output.ts'
import {type FlagSet, type ParsedFlags, parseFlags} from './pflag/parse-flags.ts'
import type {Chosen} from './selection.ts'
import {warn} from './warning.ts'

export interface ForEachOptions {
  /** How many at the same time; results are still printed in order. Default 1. */
  readonly atOnce?: number
  /** The exit code of a failure, where the command has codes of its own. */
  readonly codeOf?: (error: unknown) => number
}

type OclifFlags = Interfaces.OutputFlags<Interfaces.FlagInput>
type OclifArgs = Interfaces.OutputArgs<Interfaces.ArgInput>

/** What `parse` reads of a command class. */
export interface CommandDefinition {
  readonly flags?: object
  readonly args?: object
}

export interface ParsedCommand<T extends CommandDefinition> {
  readonly flags: FlagValues<NonNullable<T['flags']>>
  /** By name, from the command's `args`. */
  readonly args: FlagValues<NonNullable<T['args']>>
  /** All positionals. */
  readonly argv: string[]
}

/** Ends a command by showing its help page. */
export class HelpRequest extends Error {}

/**
 * Base of every command. A subclass parses, makes one engine call and prints; errors are thrown and printed by `main`.
 *
 * The static properties are oclif's; besides: `usage` is what follows `berth NAME [options]`, `examples` are written with
 * `<%= command.id %>` for the command itself, and an `arg` without `required` may be left out.
 */
export abstract class EngineCommand extends Command {
  /** All that follows the first positional belongs to it (`run IMAGE ls -l`). */
  static optionsEndAtFirstPositional = false
  /** The paragraphs below the summary on the help page; the summary when left out. */
  static override description: string | undefined = undefined

  /** The code the program ends with when `run` returns; set it for a result that is no failure. */
  exitCode = 0
  #invocation: Invocation | undefined
  #parsed: ParsedFlags | undefined
  #runtime: Promise<Runtime> | undefined
  readonly #trace = new Trace()

  /** Runs the command; what it throws is the caller's to print. */
  async execute(invocation: Invocation): Promise<number> {
    this.#invocation = invocation
    this.#trace.add('start of the program', processStartUs())
    try {
      await this.run()
      return this.exitCode
    } finally {
      this.#reportTimings(invocation)
    }
  }

  /** Where the time went: into the file that was asked for, and as debug messages. */
  #reportTimings({path, globals}: Invocation): void {
    const failure = appendTimings(['berth', ...path].join(' '), this.#trace)
    if (failure) warn(`cannot write timings: ${failure.message}`)
    if (globals.values['log-level'] !== 'debug') return
    const begin = processStartUs()
    const time = new Date().toISOString()
    const since = (us: number): string => `${((us - begin) / 1000).toFixed(1)} ms`
    const line = ({name, startUs, endUs}: Span): string =>
      `time="${time}" level=debug msg="timing ${since(startUs)} to ${since(endUs)}: ${name}"`
    for (const span of this.#trace.spans) this.printError(line(span))
    this.printError(line({name: 'whole command', startUs: begin, endUs: nowUs()}))
  }

  /** Words after the program's name. */
  get path(): readonly string[] {
    return this.#called.path
  }

  /** The command line as typed, program name first. */
  get commandLine(): readonly string[] {
    return ['berth', ...this.#called.argv]
  }

  /** True when the option was given, also when with its default value. */
  changed(flag: string): boolean {
    return this.#parsed?.changed.has(flag) ?? false
  }

  /** Every command there is, for completion. */
  protected get commandTable(): CommandTable {
    return this.#called.table
  }

  /** The options of the program, whether given before the command or after it. */
  protected get globals(): GlobalFlags {
    const before = this.#called.globals
    const after = this.#parsed
    const values = {...before.values}
    const own = this.#ownFlags()
    for (const name of Object.keys(globalFlags))
      if (after?.changed.has(name) && !(name in own)) values[name] = after.values[name]
    return values as GlobalFlags
  }

  /** The engine's configuration: files, environment and global options. */
  protected async engineConfig(): Promise<EngineConfig> {
    return resolveConfig(this.globals)
  }

  /** The engine, opened at the first call. */
  protected runtime(): Promise<Runtime> {
    this.#runtime ??= this.#trace.time('open engine', () => openEngine(this.globals, this.#trace))
    return this.#runtime
  }

  /** Writes a line to stdout. */
  protected print(text: string): void {
    writeOut(`${text}\n`)
  }

  /** Writes to stdout as it is. */
  protected write(chunk: string | Uint8Array): void {
    writeOut(chunk)
  }

  /** Writes a line to stderr. */
  protected printError(text: string): void {
    writeErr(`${text}\n`)
  }

  /** Reports a failure and goes on: prints its `Error:` line and makes the exit code at least `code`. */
  protected report(error: unknown, code = exitCodeOf(error)): void {
    if (error instanceof BrokenPipeError || error instanceof ExitStatus) throw error
    logFailure(error, this.globals.syslog === true)
    this.exitCode = Math.max(this.exitCode, code)
  }

  /**
   * Does `act` for each item and prints the line it returns, if any. One failure does not stop the rest: each prints its
   * own line, the exit code is the worst.
   */
  protected async forEach<T>(
    items: readonly T[],
    act: (item: T) => Promise<unknown>,
    options: ForEachOptions = {},
  ): Promise<void> {
    for await (const outcome of outcomes(items, options.atOnce ?? 1, act)) {
      if ('error' in outcome) this.report(outcome.error, options.codeOf?.(outcome.error))
      else if (typeof outcome.value === 'string') this.print(outcome.value)
    }
  }

  /** As `forEach`, for containers selected by names and options. */
  protected forEachChosen(
    chosen: readonly Chosen[],
    act: (container: Container, name: string) => Promise<unknown>,
    options?: ForEachOptions,
  ): Promise<void> {
    return this.forEach(chosen, async (one) => act(one.container(), one.name), options)
  }

  /** As `forEach`, for containers by name or id. */
  protected async forEachContainer(
    names: readonly string[],
    act: (container: Container, name: string) => Promise<unknown>,
    options?: ForEachOptions,
  ): Promise<void> {
    const {containers} = await this.runtime()
    return this.forEach(names, async (name) => act(containers.lookup(name), name), options)
  }

  /** As `forEach`, for objects of any kind. */
  protected forEachName(names: readonly string[], act: (name: string) => Promise<unknown>): Promise<void> {
    return this.forEach(names, act)
  }

  /** Parses this command's arguments; `--help` ends in its help page. @throws FlagError, ERR_REFUSED */
  protected override parse<T extends CommandDefinition>(type: T, argv?: string[]): Promise<ParsedCommand<T>>
  protected override parse<F extends OclifFlags, B extends OclifFlags, A extends OclifArgs>(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>>
  protected override async parse(options?: unknown, argv: string[] = this.argv): Promise<never> {
    const type = (options ?? this.ctor) as typeof EngineCommand
    const parsed = parseFlags(argv, acceptedFlags(type), {
      stopAtFirstPositional: type.optionsEndAtFirstPositional,
      onDeprecated: (text) => this.printError(text),
    })
    this.#parsed = parsed
    this.parsed = true
    if (parsed.values.help === true) throw new HelpRequest()
    checkArgCount(parsed.positionals, type.args, type.strict, `berth ${this.path.join(' ')}`)
    return {
      flags: parsed.values,
      args: namedArgs(parsed.positionals, Object.keys(type.args)),
      argv: [...parsed.positionals],
      raw: [],
      metadata: {flags: {}},
      nonExistentFlags: [],
    } as never
  }

  get #called(): Invocation {
    if (!this.#invocation) throw new EngineError('ERR_INTERNAL', 'command was not started by main')
    return this.#invocation
  }

  #ownFlags(): FlagSet {
    return (this.ctor.flags ?? {}) as unknown as FlagSet
  }
}

/** A command's own options and those of the program that may follow it; its own win. */
export function acceptedFlags(type: {readonly flags?: unknown}): FlagSet {
  const anywhere = Object.entries(globalFlags as unknown as FlagSet).filter(([, flag]) => !flag.beforeCommandOnly)
  return {...(Object.fromEntries(anywhere) as FlagSet), ...(type.flags as Record<string, FlagDefinition<unknown>>)}
}

function namedArgs(positionals: readonly string[], names: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name, index) => [name, positionals[index]]))
}
