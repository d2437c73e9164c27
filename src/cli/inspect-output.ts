import {goJson} from './go-json.ts'
import {type GoType, isJsonFormat, renderReport} from './template/index.ts'

/** What an inspect command prints: JSON with podman's indent, or the user's template once per item. */
export function inspectOutput(
  command: string,
  items: readonly unknown[],
  format: string | undefined,
  options: {readonly indent?: number; readonly rowType?: GoType} = {},
): string {
  if (!format || isJsonFormat(format)) return `${goJson(items, options.indent ?? 5)}\n`
  return renderReport({command, format, rows: items, rowType: options.rowType})
}
