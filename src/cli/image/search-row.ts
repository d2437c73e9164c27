import type {SearchResult} from '../../image/index.ts'

/** One line of `search`. */
export class SearchRow {
  readonly Index: string
  readonly Name: string
  readonly Description: string
  readonly Stars: number
  readonly Official: string
  readonly Automated: string
  readonly Tag = ''

  constructor(result: SearchResult, truncate: boolean) {
    this.Index = result.index
    this.Name = result.name
    this.Description =
      truncate && result.description.length > 44 ? `${result.description.slice(0, 44)}...` : result.description
    this.Stars = result.stars
    this.Official = result.official ? '[OK]' : ''
    this.Automated = result.automated ? '[OK]' : ''
  }

  get json(): object {
    const {Index, Name, Description, Stars, Official, Automated, Tag} = this
    return {Index, Name, Description, Stars, Official, Automated, Tag}
  }
}

/** Stars and the like are shown only where a registry tells them, or when asked for. */
export function searchColumns(results: readonly SearchResult[], compatible: boolean): string {
  const optional = [
    ...(compatible || results.some(({stars}) => stars > 0) ? ['{{.Stars}}'] : []),
    ...(compatible || results.some(({official}) => official) ? ['{{.Official}}'] : []),
    ...(compatible || results.some(({automated}) => automated) ? ['{{.Automated}}'] : []),
  ]
  return `table ${['{{.Name}}', '{{.Description}}', ...optional].join('\t')}`
}
