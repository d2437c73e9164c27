import type {Measurement} from './measure.ts'

const row = 34
const left = 210
const width = 760

/** An SVG: for each operation Berth's time as a part of podman's, with the ratio that is aimed at. */
export function chart(measurements: readonly Measurement[], caption: string): string {
  const longest = Math.max(1.5, ...measurements.map((each) => each.ratio))
  const scale = (ratio: number) => left + (ratio / longest) * (width - left - 150)
  const height = 70 + measurements.length * row
  const bars = measurements.map((each, index) => bar(each, 56 + index * row, scale)).join('\n')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="16" y="24" font-size="15" font-weight="bold">Time by podman's time, median of pairs (shorter is faster)</text>
<text x="16" y="42" fill="#666666">${escapeText(caption)}</text>
<line x1="${scale(1)}" y1="50" x2="${scale(1)}" y2="${height - 14}" stroke="#888888" stroke-dasharray="4 3"/>
<text x="${scale(1)}" y="${height - 2}" text-anchor="middle" fill="#666666" font-size="11">podman</text>
${bars}
</svg>
`
}

function bar(each: Measurement, y: number, scale: (ratio: number) => number): string {
  const good = each.ratio <= each.target
  const times = `${each.berth.milliseconds.toFixed(0)} ms / ${each.podman.milliseconds.toFixed(0)} ms`
  return `<text x="${left - 10}" y="${y + 16}" text-anchor="end">${escapeText(each.name)}</text>
<rect x="${left}" y="${y + 2}" width="${(scale(each.ratio) - left).toFixed(1)}" height="20" rx="2" fill="${good ? '#2f7d6b' : '#c0662f'}"/>
<line x1="${scale(each.target).toFixed(1)}" y1="${y}" x2="${scale(each.target).toFixed(1)}" y2="${y + 24}" stroke="#222222" stroke-width="2"/>
<text x="${(scale(each.ratio) + 8).toFixed(1)}" y="${y + 16}">${each.ratio.toFixed(2)}  <tspan fill="#666666">${times}</tspan></text>`
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
