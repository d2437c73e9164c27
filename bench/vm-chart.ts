import type {Figure} from './vm-figure.ts'

const row = 26
const left = 340
const width = 860

/** An SVG: bars for the times, on one scale, and the other figures as text below. */
export function vmChart(figures: readonly Figure[], caption: string): string {
  const times = figures.filter(({unit}) => unit === 'ms')
  const others = figures.filter(({unit}) => unit !== 'ms')
  const longest = Math.max(1, ...times.map(({value}) => value))
  const rows = [...times.map((each) => timeRow(each, longest)), ...others.map(textRow)]
  const height = 64 + rows.length * row
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="16" y="24" font-size="15" font-weight="bold">Virtual machines of Berth</text>
<text x="16" y="42" fill="#666666">${escapeText(caption)}</text>
${rows.map((draw, index) => draw(56 + index * row)).join('\n')}
</svg>
`
}

function timeRow({name, value}: Figure, longest: number): (y: number) => string {
  const length = Math.max(1, (value / longest) * (width - left - 90))
  return (y) => `${label(name, y)}
<rect x="${left}" y="${y + 3}" width="${length.toFixed(1)}" height="16" rx="2" fill="#4a7ebb"/>
<text x="${(left + length + 6).toFixed(1)}" y="${y + 16}">${value.toFixed(1)} ms</text>`
}

function textRow({name, value, unit, bar}: Figure): (y: number) => string {
  const missed = bar !== undefined && value > bar
  const text = `${value.toFixed(value < 10 ? 2 : 0)} ${unit}${bar === undefined ? '' : ` (at most ${bar})`}`
  return (y) =>
    `${label(name, y)}\n<text x="${left}" y="${y + 16}" fill="${missed ? '#c0662f' : '#222222'}">${text}</text>`
}

function label(name: string, y: number): string {
  return `<text x="${16 + (name.length - name.trimStart().length) * 6}" y="${y + 16}">${escapeText(name.trim())}</text>`
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
