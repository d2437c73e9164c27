import type {Lane} from './timeline.ts'

const WIDTH = 1100
const LABEL = 300
const RIGHT = 80
const ROW = 20
const TOP = 52
const COLOURS = ['#4a7ebb', '#2f7d6b', '#c0662f', '#7b5ea7', '#a8893a']

interface Row {
  readonly label: string
  readonly startMs: number
  readonly endMs: number
  readonly colour: string
  readonly indent: number
  readonly heading: boolean
}

/** An SVG: a bar for each process and below it one for each of its steps, on one axis of time. */
export function timingsPicture(lanes: readonly Lane[], title: string): string {
  const rows = lanes.flatMap((lane, index) => rowsOf(lane, COLOURS[index % COLOURS.length] ?? '#4a7ebb'))
  const end = Math.max(1, ...rows.map(({endMs}) => endMs))
  const scale = (WIDTH - LABEL - RIGHT) / end
  const height = TOP + rows.length * ROW + 12
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="8" y="20" font-size="14" font-weight="bold">${escapeText(title)}: ${end.toFixed(0)} ms</text>`,
    ...ticks(end).map((ms) => tick(ms, LABEL + ms * scale, height)),
    ...rows.map((row, index) => bar(row, TOP + index * ROW, scale)),
    '</svg>',
    '',
  ].join('\n')
}

function rowsOf({program, pid, startMs, endMs, steps}: Lane, colour: string): Row[] {
  return [
    {label: `${program} (${pid})`, startMs, endMs, colour: '#c8ccd2', indent: 0, heading: true},
    ...steps.map(({name, depth, ...times}) => ({label: name, ...times, colour, indent: depth + 1, heading: false})),
  ]
}

function bar({label, startMs, endMs, colour, indent, heading}: Row, y: number, scale: number): string {
  const [x, width] = [LABEL + startMs * scale, Math.max(1, (endMs - startMs) * scale)]
  return [
    `<text x="${8 + indent * 12}" y="${y + 14}"${heading ? ' font-weight="bold"' : ''}>${escapeText(label)}</text>`,
    `<rect x="${x.toFixed(1)}" y="${y + 3}" width="${width.toFixed(1)}" height="${ROW - 6}" fill="${colour}"/>`,
    `<text x="${(x + width + 4).toFixed(1)}" y="${y + 14}" fill="#555555">${(endMs - startMs).toFixed(1)} ms</text>`,
  ].join('')
}

function tick(ms: number, x: number, height: number): string {
  return [
    `<line x1="${x.toFixed(1)}" y1="38" x2="${x.toFixed(1)}" y2="${height - 8}" stroke="#e4e6ea"/>`,
    `<text x="${x.toFixed(1)}" y="34" text-anchor="middle" fill="#888888" font-size="11">${ms}</text>`,
  ].join('')
}

/** About eight round numbers from 0 to the end. */
function ticks(end: number): number[] {
  const power = 10 ** Math.floor(Math.log10(end / 8))
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((each) => end / each <= 10) ?? power)
  return Array.from({length: Math.floor(end / step) + 1}, (_, index) => index * step)
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
