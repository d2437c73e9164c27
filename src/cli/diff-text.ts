import {EngineError} from '../errors/index.ts'
import {isJsonFormat} from './template/index.ts'

export interface Change {
  readonly path: string
  readonly kind: 'added' | 'changed' | 'deleted'
}

const LETTERS = {added: 'A', changed: 'C', deleted: 'D'} as const

/** What `diff` prints: one line per path, or JSON with the paths by kind. @throws ERR_REFUSED for another format */
export function diffText(changes: readonly Change[], format: string | undefined): string {
  if (format !== undefined && isJsonFormat(format)) return `${JSON.stringify(byKind(changes), null, 5)}\n`
  if (format !== undefined && format !== '')
    throw new EngineError('ERR_REFUSED', "only supported value for '--format' is 'json'")
  return changes.map(({kind, path}) => `${LETTERS[kind]} ${path}\n`).join('')
}

function byKind(changes: readonly Change[]): Partial<Record<Change['kind'], string[]>> {
  const groups: Partial<Record<Change['kind'], string[]>> = {}
  for (const kind of ['changed', 'added', 'deleted'] as const) {
    const paths = changes.filter((change) => change.kind === kind).map(({path}) => path)
    if (paths.length > 0) groups[kind] = paths
  }
  return groups
}
