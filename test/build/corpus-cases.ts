import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

const directory = join(import.meta.dirname, 'corpus')

/**
 * A Containerfile of the corpus. What is to be known beside its text stands in it as comments:
 *
 * - `#: options …` for both programs, `#: buildah options …` for buildah in their place
 * - `#: context NAME`: another context than the usual one
 * - `#: buildah equivalent: REASON`: buildah builds NAME.equivalent, which says the same in older words
 * - `#: differs KEY: REASON`: a path, or a field of the configuration, that is not the same, and why
 */
export interface CorpusCase {
  readonly name: string
  readonly text: string
  /** What buildah builds. */
  readonly equivalent: string
  readonly context: string
  readonly options: readonly string[]
  readonly buildahOptions: readonly string[]
  /** Reasons by what differs. */
  readonly differences: ReadonlyMap<string, string>
}

export function corpusCases(): readonly CorpusCase[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.containerfile'))
    .sort()
    .map((file) => readCase(file.replace(/\.containerfile$/, '')))
}

function readCase(name: string): CorpusCase {
  const text = readFileSync(join(directory, `${name}.containerfile`), 'utf8')
  const equivalent = join(directory, `${name}.equivalent`)
  const notes = text.split('\n').flatMap((line) => /^#: (.*)$/.exec(line)?.[1] ?? [])
  const options = noted(notes, 'options ')
  return {
    name,
    text,
    equivalent: existsSync(equivalent) ? readFileSync(equivalent, 'utf8') : text,
    context: noted(notes, 'context ')[0] ?? 'usual',
    options,
    buildahOptions: notes.some((note) => note.startsWith('buildah options'))
      ? noted(notes, 'buildah options ')
      : existsSync(equivalent)
        ? []
        : options,
    differences: new Map(
      notes.flatMap((note) => {
        const [, key, reason] = /^differs (.+?): (.*)$/.exec(note) ?? []
        return key && reason ? [[key, reason] as const] : []
      }),
    ),
  }
}

function noted(notes: readonly string[], prefix: string): readonly string[] {
  return notes.flatMap((note) => (note.startsWith(prefix) ? note.slice(prefix.length).split(' ') : []))
}
