/** What options mean depends on: where and with which variables the command was called, and what was given at all. */
export interface OptionContext {
  readonly workingDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** True when the option was given, also when with its default value. */
  changed(option: string): boolean
  /** A sentence for stderr. */
  warn(sentence: string): void
}
