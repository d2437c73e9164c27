export interface CopyState {
  readonly kind: 'blob' | 'config'
  readonly digest: string
  /** Undefined when nobody knows before the end. */
  readonly totalBytes: number | undefined
  bytes: number
  /** Of the first byte; undefined while it waits for its turn. */
  startedMs: number | undefined
  end: 'done' | 'skipped' | undefined
}

const WIDEST_BAR = 40
const NARROWEST_BAR = 8

/** One line of at most `columns` characters: `Copying blob 59dcaece56c9 [===>----] 1.2MiB / 40.0MiB 3.4MiB/s`. */
export function barLine(copy: CopyState, nowMs: number, columns: number): string {
  const head = `Copying ${copy.kind} ${copy.digest.replace('sha256:', '').slice(0, 12)} `
  if (copy.end === 'skipped') return cut(`${head}skipped: already exists`, columns)
  if (copy.end === 'done') return cut(`${head}done`, columns)
  const figures = `${amount(copy)}${rate(copy, nowMs)}`
  const width = Math.min(WIDEST_BAR, columns - head.length - figures.length - 4)
  const total = copy.totalBytes
  if (!total || width < NARROWEST_BAR) return cut(`${head}${figures}`, columns)
  return `${head}[${bar(copy.bytes / total, width)}] ${figures}`
}

function bar(part: number, width: number): string {
  const full = Math.min(width, Math.floor(part * width))
  return full >= width ? '='.repeat(width) : `${'='.repeat(full)}>${'-'.repeat(width - full - 1)}`
}

function amount({bytes, totalBytes}: CopyState): string {
  return totalBytes === undefined ? size(bytes) : `${size(bytes)} / ${size(totalBytes)}`
}

/** The average since the first byte. */
function rate({bytes, startedMs}: CopyState, nowMs: number): string {
  if (startedMs === undefined || nowMs - startedMs < 1) return ''
  return ` ${size((bytes / (nowMs - startedMs)) * 1000)}/s`
}

/** In powers of 1024 with one decimal always: the line does not jump. */
function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)}${units[unit]}`
}

/** A line that wraps would be counted wrong when it is drawn again. */
function cut(text: string, columns: number): string {
  return text.slice(0, Math.max(0, columns - 1))
}
