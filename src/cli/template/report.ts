import {alignColumns} from '../table.ts'
import type {GoType} from './go-type.ts'
import {HeaderRow} from './header-row.ts'
import {Template} from './template.ts'

export interface Report {
  /** The command's last word; template errors start with it. */
  readonly command: string
  /** The user's `--format`, or the command's own default when `origin` is `command`. */
  readonly format: string
  /** A default is aligned and gets headings whether it starts with `table ` or not. Default `user`. */
  readonly origin?: 'user' | 'command'
  readonly rows: readonly unknown[]
  readonly rowType?: GoType
  /** Headings that differ from the field's name: `{CreatedHuman: 'created', ID: 'container id'}`. */
  readonly headings?: Readonly<Record<string, string>>
  readonly noHeading?: boolean
  /** Headings above a format that is no table, too. */
  readonly alwaysHeading?: boolean
}

/**
 * The text of a listing or inspection, as podman prints it: one line per row, with headings and aligned columns for
 * `table …`. In a table, spaces and `\t` separate columns; elsewhere `\t` and `\n` are a tab and a line's end.
 * @throws ERR_REFUSED when the template is not valid or asks for what a row does not have
 */
export function renderReport(report: Report): string {
  const isTable = report.format.startsWith(tablePrefix)
  const template = parseFormat(report.command, report.format)
  const body = template.execute(report.rows, {kind: 'slice', name: '[]interface {}', element: report.rowType})
  if (!isTable && report.origin !== 'command' && !report.alwaysHeading) return body
  const heading = report.noHeading ? '' : template.execute([new HeaderRow(report.headings)])
  return alignColumns(heading + body)
}

/** The text of one value, as podman prints `info` and `version`: the template is given the value itself. */
export function renderValue(command: string, format: string, value: unknown, type?: GoType): string {
  return parseFormat(command, format, (text) => text).execute(value, type)
}

/** True for `json`, `{{json .}}` and the like: the whole list is asked for as JSON. */
export function isJsonFormat(format: string): boolean {
  return /^\s*(json|\{\{\s*json\s*(\.)?\s*\}\})\s*$/.test(format)
}

const tablePrefix = 'table '

/** First with the shell user's `\t` and `\n` replaced; a text that this breaks (`{{println "\n"}}`) is taken as it is. */
function parseFormat(command: string, format: string, wrap: (text: string) => string = withRange): Template {
  try {
    return new Template(command, wrap(normalize(format)))
  } catch {
    return new Template(command, wrap(format.replace(tablePrefix, '')))
  }
}

function normalize(format: string): string {
  const text = format.startsWith(tablePrefix)
    ? format.slice(tablePrefix.length).replaceAll(/\\t| /g, '\t').replaceAll('\\n', '\n')
    : format.replaceAll('\\t', '\t').replaceAll('\\n', '\n')
  return text.endsWith('\n') ? text : `${text}\n`
}

function withRange(text: string): string {
  return /\{\{\s*range\s*\.\s*\}\}.*\{\{\s*end\s*-?\s*\}\}/s.test(text) ? text : `{{range .}}${text}{{end -}}`
}
