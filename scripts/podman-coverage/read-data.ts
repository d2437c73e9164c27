import {readFileSync} from 'node:fs'

/** A command of podman and its options, without the program's name. */
export interface ReferenceCommand {
  readonly name: string
  readonly isGroup: boolean
  readonly aliases: readonly string[]
  readonly options: readonly ReferenceOption[]
}

export interface ReferenceOption {
  /** With its dashes. */
  readonly name: string
  readonly char: string
  /** Documented only: podman itself does not have it. */
  readonly unimplemented: boolean
}

/** How often podman's own tests use a command (empty option) or one of its options. */
export type Usage = ReadonlyMap<string, number>

/** Options by command, each with the names and letters it answers to. */
export type OwnCommands = ReadonlyMap<string, ReadonlySet<string>>

export function readCommands(path: string): ReferenceCommand[] {
  const commands = new Map<string, ReferenceCommand & {options: ReferenceOption[]}>()
  for (const [command = '', option = '', char = '', , , , aliases = '', notes = ''] of rows(path)) {
    const name = command.replace(/^podman ?/, '')
    if (option === '')
      commands.set(name, {name, isGroup: /\bgroup\b/.test(notes), aliases: words(aliases), options: []})
    else commands.get(name)?.options.push({name: option, char, unimplemented: notes.includes('unimplemented')})
  }
  return [...commands.values()]
}

export function readUsage(path: string): Usage {
  const entries = rows(path).map(([, command = '', option = '', , , , total]): [string, number] => [
    usageKey(command.replace(/^podman ?/, ''), option),
    Number(total),
  ])
  return new Map(entries)
}

export function usageKey(command: string, option: string): string {
  return `${command} ${option}`.trim()
}

interface Manifest {
  readonly commands: Readonly<
    Record<string, {aliases: string[]; flags: Record<string, {name: string; char?: string; aliases?: string[]}>}>
  >
}

export function readManifest(path: string): OwnCommands {
  const {commands} = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  const own = new Map<string, ReadonlySet<string>>()
  for (const [id, {aliases, flags}] of Object.entries(commands)) {
    const options = new Set(Object.values(flags).flatMap((flag) => [flag.name, ...(flag.aliases ?? [])].map(dashed)))
    for (const name of [id, ...aliases]) own.set(name.replaceAll(':', ' '), options)
  }
  return own
}

function dashed(name: string): string {
  return `--${name}`
}

function rows(path: string): string[][] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
}

function words(text: string): string[] {
  return text.split(/[ ,|]+/).filter(Boolean)
}
