import type {Interfaces} from '@oclif/core'
import {choiceKind, type ValueKind, valueKinds} from './pflag/value-kind.ts'

/** What help, completion and the parser need beyond oclif's own properties. */
export interface Extras {
  /** Stands for the value in help: `--name string` reads `--name NAME` with `NAME`. */
  readonly valueName?: string
  /** What the bare option means: `--pull` is `--pull=always`. */
  readonly implied?: string
  /** Words that completion offers; the command checks them. */
  readonly suggests?: readonly string[]
  /** Belongs to the program, not to the command: accepted before it only. */
  readonly beforeCommandOnly?: boolean
}

export interface FlagOptions<T> extends Extras {
  readonly char?: Interfaces.BooleanFlag<boolean>['char']
  readonly summary: string
  readonly default?: T
  readonly hidden?: boolean
  /** Printed on use: `Flag --NAME has been deprecated, REASON`. */
  readonly deprecated?: string
  readonly aliases?: readonly string[]
}

/** Carries the type of an option's value, for the type checker only: oclif's own properties leave it ambiguous. */
export interface Yields<T> {
  readonly yields?: () => T
}

/** An option with a value: oclif's definition plus how its values are read. */
export interface ValueFlag<T> extends Interfaces.OptionFlag<T>, Extras, Yields<T> {
  readonly kind: ValueKind<NonNullable<T>>
}

/** A switch. */
export interface SwitchFlag extends Interfaces.BooleanFlag<boolean>, Extras, Yields<boolean> {
  readonly kind: ValueKind<boolean>
}

/** An option as the parser and the help page see it. */
export type FlagDefinition<T> = (Interfaces.OptionFlag<T> | Interfaces.BooleanFlag<T>) &
  Extras & {readonly kind: ValueKind<NonNullable<T>>}

export type Maker<T> = {
  (options: FlagOptions<T> & {readonly default: T}): ValueFlag<T>
  (options: FlagOptions<T>): ValueFlag<T | undefined>
}

/** The values of a command's options, by their definitions. */
export type FlagValues<Flags> = {
  readonly [Name in keyof Flags]: Flags[Name] extends Yields<infer Value> ? Value : never
}

/** The options in a section of the help page: `TITLE options:`. Those of no section come first, below `Options:`. */
export function section<Flags extends Readonly<Record<string, object>>>(title: string, members: Flags): Flags {
  const entries = Object.entries(members).map(([name, flag]) => [name, {...flag, helpGroup: title}])
  return Object.fromEntries(entries) as Flags
}

/** A switch; `--name=false` turns it off. */
export function bool(options: FlagOptions<boolean>): SwitchFlag {
  const {aliases, deprecated, ...rest} = options
  return {
    ...rest,
    ...names(aliases, deprecated),
    name: '',
    type: 'boolean',
    allowNo: false,
    default: options.default ?? false,
    kind: valueKinds.bool,
    parse: async (value) => value,
  }
}

/** The value as it was written; undefined when the option was not given and has no default. */
export const string: Maker<string> = maker(valueKinds.string)
export const int: Maker<number> = maker(valueKinds.int)
export const int32: Maker<number> = maker(valueKinds.int32)
export const int64: Maker<number> = maker(valueKinds.int64)
export const uint: Maker<number> = maker(valueKinds.uint)
export const uint64: Maker<number> = maker(valueKinds.uint64)
export const float: Maker<number> = maker(valueKinds.float)
/** Nanoseconds. */
export const duration: Maker<number> = maker(valueKinds.duration)
export const ip: Maker<string> = maker(valueKinds.ip)

/** Repeatable; each value is taken whole. */
export const array = listMaker(valueKinds.array)
/** Repeatable; each value is split at commas. */
export const list = listMaker(valueKinds.list)
export const uintList = listMaker(valueKinds['uint-list'])
export const intList = listMaker(valueKinds['int-list'])
export const ipList = listMaker(valueKinds['ip-list'])

/** One of a few words; another one is refused when the command line is read. */
export function choice(
  options: Omit<FlagOptions<string>, 'suggests'> & {readonly choices: readonly string[]},
): ValueFlag<string | undefined> {
  const {choices, ...rest} = options
  return make(choiceKind(choices), {...rest, suggests: choices})
}

/** Repeatable `key=value` pairs. */
export function map(
  options: FlagOptions<Readonly<Record<string, string>>>,
): ValueFlag<Readonly<Record<string, string>>> {
  return make(valueKinds.map, {default: {}, ...options}) as ValueFlag<Readonly<Record<string, string>>>
}

export interface ArgOptions {
  readonly required?: boolean
  readonly multiple?: boolean
  readonly description?: string
}

export interface PositionalArg<T> extends Interfaces.Arg<T>, Yields<T> {}

export interface ArgMaker {
  (options: ArgOptions & {readonly required: true}): PositionalArg<string>
  (options?: ArgOptions): PositionalArg<string | undefined>
}

/** A positional argument. The last one with `multiple` takes all that follow. */
export const arg: ArgMaker = ((options: ArgOptions = {}) => ({
  ...{name: '', input: []},
  parse: async (text: string) => text,
  ...options,
})) as ArgMaker

function maker<T>(kind: ValueKind<NonNullable<T>>): Maker<T> {
  return ((options: FlagOptions<T>) => make(kind, options)) as Maker<T>
}

function listMaker<T>(kind: ValueKind<T[]>): (options: FlagOptions<T[]>) => ValueFlag<T[]> {
  return (options) => make(kind, {default: [], ...options}) as ValueFlag<T[]>
}

function make<T>(kind: ValueKind<NonNullable<T>>, options: FlagOptions<T>): ValueFlag<T | undefined> {
  const {aliases, deprecated, ...rest} = options
  return {
    ...rest,
    ...names(aliases, deprecated),
    name: '',
    type: 'option',
    input: [],
    multiple: Array.isArray(options.default),
    helpValue: options.valueName ?? kind.word,
    kind,
    parse: async () => undefined,
  } as ValueFlag<T | undefined>
}

function names(aliases: readonly string[] | undefined, deprecated: string | undefined) {
  return {
    ...(aliases && {aliases: [...aliases]}),
    ...(deprecated !== undefined && {deprecated: {message: deprecated}}),
  }
}
