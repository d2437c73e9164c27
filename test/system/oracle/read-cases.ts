import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

const directory = join(import.meta.dirname, 'cases')

/** The directories of cases: each has a test file of its own, so that workers share them. */
export const areas = ['creation', 'management', 'networks', 'running', 'storage'] as const
export type Area = (typeof areas)[number]

export type Stream = 'exit code' | 'stdout' | 'stderr'

/** One command line that both engines run. */
export interface Case {
  readonly line: string
  readonly args: readonly string[]
  readonly input?: string
  /** The output is JSON: keys and types are compared instead of the text. */
  readonly json: boolean
  /** With `json`: the values too, of all that podman shows; others may be there besides. */
  readonly values: boolean
  /** podman itself prints the lines now in one order, now in another: they are compared sorted. */
  readonly unordered: boolean
  /** What is known to differ, with the reason; checked to differ still. */
  readonly differs: ReadonlyMap<Stream, string>
}

/** Command lines that build on each other, from a state without containers. */
export interface Scenario {
  readonly title: string
  readonly cases: readonly Case[]
}

/** The area's files of cases, as `readScenarios` takes them. */
export function caseFiles(area: Area): string[] {
  const names = readdirSync(join(directory, area)).toSorted()
  return names.map((name) => `${area}/${name.replace(/\.txt$/, '')}`)
}

/**
 * Reads a file of cases. `== TITLE` begins a scenario; every other line is a command line in shell quoting, without the
 * engine's name. Lines before it that start with `@` tell more: `@input TEXT`, `@json`, `@values`
 * (JSON with its values), `@unordered` (lines in any order), `@differs STREAM: REASON`.
 */
export function readScenarios(file: string): Scenario[] {
  const scenarios: {title: string; cases: Case[]}[] = []
  let marks: string[] = []
  for (const line of readFileSync(join(directory, `${file}.txt`), 'utf8').split('\n')) {
    if (line.startsWith('== ')) scenarios.push({title: line.slice(3), cases: []})
    else if (line.startsWith('@')) marks.push(line.slice(1))
    else if (line.trim() !== '') {
      scenarios.at(-1)?.cases.push(readCase(line, marks))
      marks = []
    }
  }
  return scenarios
}

function readCase(line: string, marks: readonly string[]): Case {
  const valueOfMark = (mark: string) => marks.find((each) => each.startsWith(`${mark} `))?.slice(mark.length + 1)
  const differences = marks.flatMap((mark): [Stream, string][] => {
    const [, stream, reason] = /^differs (exit code|stdout|stderr): (.+)$/.exec(mark) ?? []
    return stream && reason ? [[stream as Stream, reason]] : []
  })
  const input = valueOfMark('input')
  return {
    line,
    args: splitWords(line),
    ...(input !== undefined && {input: `${input}\n`}),
    json: marks.includes('json') || marks.includes('values'),
    values: marks.includes('values'),
    unordered: marks.includes('unordered'),
    differs: new Map(differences),
  }
}

/** The shell's words, without expansions. */
export function splitWords(line: string): string[] {
  const words: string[] = []
  const pattern = /((?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+)/g
  for (const [word] of line.matchAll(pattern)) {
    words.push(
      word.replace(/\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"/g, (_, escaped?: string, single?: string, double?: string) => {
        return escaped ?? single ?? (double ?? '').replace(/\\(.)/g, '$1')
      }),
    )
  }
  return words
}
