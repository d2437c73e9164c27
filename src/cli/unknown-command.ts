import type {CommandTable} from './command-table.ts'

/** What podman says to a word that is no command, with what may have been meant: near misses only at the top. */
export function unknownCommandText(path: readonly string[], word: string, table: CommandTable): string {
  const group = ['berth', ...path].join(' ')
  const reach = path.length === 0 ? 2 : 0
  const close = table
    .below(path)
    .filter((entry) => !entry.hidden)
    .map((entry) => entry.path.at(-1) ?? '')
    .filter((name) => name.startsWith(word.toLowerCase()) || distance(name, word.toLowerCase()) <= reach)
  const meant = close.length > 0 ? `\n\nDid you mean this?\n${close.map((name) => `\t${name}\n`).join('')}` : ''
  return `unrecognized command \`${group} ${word}\`${meant}\nTry '${group} --help' for more information`
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
