import {isJsonFormat, renderReport} from './template/index.ts'

/** What an inspect command prints: JSON with podman's indent, or the user's template once per item. */
export function inspectOutput(
  command: string,
  items: readonly unknown[],
  format: string | undefined,
  indent = 5,
): string {
  if (!format || isJsonFormat(format)) return `${JSON.stringify(items, null, indent)}\n`
  return renderReport({command, format, rows: items})
}
