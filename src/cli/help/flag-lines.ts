import type {FlagDefinition} from '../flags.ts'
import type {FlagSet} from '../pflag/parse-flags.ts'
import {section} from './section.ts'

/** The sections of a help page that list options: those of no section of their own first. */
export function optionSections(flags: FlagSet): string[] {
  const sections = new Map<string, string[]>([['Options', []]])
  for (const [name, flag] of shown(flags)) {
    const title = flag.helpGroup === undefined ? 'Options' : `${flag.helpGroup} options`
    sections.set(title, [...(sections.get(title) ?? []), name])
  }
  const filled = [...sections].filter(([, names]) => names.length > 0)
  return filled.map(([title, names]) => section(title, flagLines(pick(flags, names)).trimEnd()))
}

/** The lines of a section, aligned as pflag aligns them. */
export function flagLines(flags: FlagSet): string {
  const rows = shown(flags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => ({left: leftSide(name, flag), right: rightSide(flag)}))
  const width = Math.max(0, ...rows.map((row) => row.left.length)) + 3
  return rows
    .map((row) => `${row.left.padEnd(width)}${row.right.replaceAll('\n', `\n${' '.repeat(width)}`)}\n`)
    .join('')
}

function shown(flags: FlagSet) {
  return Object.entries(flags).filter(([, flag]) => !flag.hidden && !flag.deprecated)
}

function pick(flags: FlagSet, names: readonly string[]): FlagSet {
  return Object.fromEntries(Object.entries(flags).filter(([name]) => names.includes(name)))
}

function leftSide(name: string, flag: FlagDefinition<unknown>): string {
  const letter = flag.char ? `-${flag.char}, ` : '    '
  const word = flag.valueName ?? quotedWord(flag) ?? flag.kind.word
  const value = flag.implied === undefined ? word : `${word}[="${flag.implied}"]`
  return `  ${letter}--${name}${value ? ` ${value}` : ''}`
}

/** As with pflag, a word in backquotes in the summary is the value's name. */
function quotedWord(flag: FlagDefinition<unknown>): string | undefined {
  return /`([^`]+)`/.exec(flag.summary ?? '')?.[1]
}

function rightSide(flag: FlagDefinition<unknown>): string {
  const value = flag.default
  const summary = flag.summary?.replaceAll('`', '')
  if (value === undefined || value === null || flag.kind.isZero(value as NonNullable<unknown>)) return summary ?? ''
  return `${summary} (default ${flag.kind.show(value as NonNullable<unknown>)})`
}
