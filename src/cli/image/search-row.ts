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

/** Docker shows more than podman does. */
export function searchColumns(compatible: boolean): string {
  const more = compatible ? ['{{.Stars}}', '{{.Official}}', '{{.Automated}}'] : []
  return `table ${['{{.Name}}', '{{.Description}}', ...more].join('\t')}`
}
