export interface AlignOptions {
  /** The least width of a column, with its padding. Default 12, as podman's tables have it. */
  readonly minWidth?: number
  /** Spaces between columns. Default 2. */
  readonly padding?: number
}

/**
 * Aligns text whose cells end in tabs, as Go's tabwriter does: a column is a block of consecutive lines that have a cell
 * there, as wide as its widest cell. The last cell of a line ends in no tab and takes no part.
 */
export function alignColumns(text: string, options: AlignOptions = {}): string {
  const {minWidth = 12, padding = 2} = options
  const lines = text.split('\n').map((line) => line.split('\t'))
  const widths = lines.map((): number[] => [])
  measure(lines, widths, 0, {minWidth, padding})
  return lines
    .map((cells, row) => cells.map((cell, column) => pad(cell, widths[row]?.[column] ?? 0)).join(''))
    .join('\n')
}

/** A table from rows of cells, headings first. */
export function renderTable(rows: readonly (readonly string[])[], options: AlignOptions = {}): string {
  return alignColumns(rows.map((cells) => `${cells.join('\t')}\n`).join(''), options)
}

function measure(
  lines: readonly string[][],
  widths: number[][],
  column: number,
  options: Required<AlignOptions>,
): void {
  let deeper = false
  for (let row = 0; row < lines.length; row++) {
    const block = blockFrom(lines, row, column)
    if (block === row) continue
    const cells = lines.slice(row, block).map((cells) => displayWidth(cells[column] ?? ''))
    const width = Math.max(options.minWidth, ...cells.map((cell) => cell + options.padding))
    for (; row < block; row++) widths[row]?.push(width)
    deeper = true
  }
  if (deeper) measure(lines, widths, column + 1, options)
}

/** The end of the block of lines from `row` on that have a cell ended by a tab in this column. */
function blockFrom(lines: readonly string[][], row: number, column: number): number {
  let end = row
  while (end < lines.length && column < (lines[end]?.length ?? 0) - 1) end++
  return end
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - displayWidth(cell)))
}

function displayWidth(cell: string): number {
  return [...cell].length
}
