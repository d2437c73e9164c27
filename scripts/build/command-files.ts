import {readdirSync} from 'node:fs'
import {join} from 'node:path'

export interface CommandFile {
  /** Below `commands/`: `container/list.ts`. */
  readonly file: string
  /** `['container', 'list']`; `index.ts` is the group itself. */
  readonly path: readonly string[]
}

/** The command files below a directory, sorted by path. */
export function commandFiles(directory: string): CommandFile[] {
  return readdirSync(directory, {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({file, path: pathOf(file)}))
    .sort((a, b) => (a.path.join(' ') < b.path.join(' ') ? -1 : 1))
}

function pathOf(file: string): string[] {
  const words = file.replace(/\.ts$/, '').split('/')
  return words.at(-1) === 'index' ? words.slice(0, -1) : words
}

export function commandsDirectory(root: string): string {
  return join(root, 'commands')
}
