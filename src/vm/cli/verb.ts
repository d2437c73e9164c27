import type {VmServices} from '../sandbox/services.ts'
import type {OptionTable, ParsedOptions} from './options.ts'

export interface VerbContext {
  readonly options: ParsedOptions
  readonly args: readonly string[]
  readonly globals: Globals
  /** Made at the first call: some verbs need none of it. */
  services(): Promise<VmServices>
  print(line: string): void
}

export interface Globals {
  readonly root: string
  readonly debug: boolean
  readonly systemdCgroup: boolean
  readonly config?: string
}

/** One command of the runtime; each lies in a file of its own name. */
export interface Verb {
  readonly summary: string
  /** What follows the options. */
  readonly usage: string
  readonly options: OptionTable
  /** How many arguments it takes. */
  readonly args: readonly [minimum: number, maximum: number]
  /** The first argument ends the options. */
  readonly stopAtFirstArgument?: boolean
  /** Exit code when it fails. Default 1. */
  readonly failureCode?: number
  /** Returns the exit code. */
  run(context: VerbContext): Promise<number>
}
