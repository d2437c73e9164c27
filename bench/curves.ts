export interface Curve {
  readonly name: string
  readonly points: {readonly count: number; readonly milliseconds: number}[]
}

const WIDTH = 760
const HEIGHT = 420
const [LEFT, RIGHT, TOP, BOTTOM] = [60, 130, 50, 50]
const COLOURS = ['#888888', '#2f7d6b', '#4a7ebb', '#c0662f', '#7b5ea7', '#a8893a', '#b3405a']

/** An SVG: time over a number of things, both on logarithmic scales, a line for each curve. */
export function curves(title: string, things: string, all: readonly Curve[]): string {
  const drawn = all.filter(({points}) => points.length > 0)
  const counts = [...new Set(drawn.flatMap(({points}) => points.map(({count}) => count)))].sort((a, b) => a - b)
  const times = drawn.flatMap(({points}) => points.map(({milliseconds}) => milliseconds))
  const x = scale(Math.min(...counts), Math.max(...counts), LEFT, WIDTH - RIGHT)
  const y = scale(Math.min(...times) / 1.2, Math.max(...times) * 1.2, HEIGHT - BOTTOM, TOP)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="16" y="24" font-size="15" font-weight="bold">${title}</text>`,
    ...counts.map((count) => columnOf(count, x(count))),
    ...ticksBetween(Math.min(...times), Math.max(...times)).map((time) => rowOf(time, y(time))),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle" fill="#666666">${things}</text>`,
    `<text x="16" y="${TOP - 8}" fill="#666666">milliseconds</text>`,
    ...drawn.map((curve, index) => lineOf(curve, COLOURS[index % COLOURS.length] ?? '#000000', x, y)),
    ...legendOf(drawn, y),
    '</svg>',
    '',
  ].join('\n')
}

type Scale = (value: number) => number

function scale(low: number, high: number, from: number, to: number): Scale {
  const span = Math.log(high / low) || 1
  return (value) => from + (Math.log(value / low) / span) * (to - from)
}

function columnOf(count: number, x: number): string {
  return `<line x1="${x.toFixed(1)}" y1="${TOP}" x2="${x.toFixed(1)}" y2="${HEIGHT - BOTTOM}" stroke="#e4e6ea"/><text x="${x.toFixed(1)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${count.toLocaleString('en')}</text>`
}

function rowOf(time: number, y: number): string {
  return `<line x1="${LEFT}" y1="${y.toFixed(1)}" x2="${WIDTH - RIGHT}" y2="${y.toFixed(1)}" stroke="#e4e6ea"/><text x="${LEFT - 8}" y="${(y + 4).toFixed(1)}" text-anchor="end">${time}</text>`
}

/** 1, 2 and 5 of each power of ten. */
function ticksBetween(low: number, high: number): number[] {
  return [1, 10, 100, 1000, 10_000]
    .flatMap((power) => [power, 2 * power, 5 * power])
    .filter((time) => time >= low / 1.2 && time <= high * 1.2)
}

function lineOf({points}: Curve, colour: string, x: Scale, y: Scale): string {
  const places = points.map(({count, milliseconds}) => `${x(count).toFixed(1)},${y(milliseconds).toFixed(1)}`)
  const dots = places.map((place) => `<circle cx="${place.replace(',', '" cy="')}" r="3" fill="${colour}"/>`)
  return `<polyline points="${places.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}`
}

/** At the curves' ends, each below the one before where they would cover one another. */
function legendOf(drawn: readonly Curve[], y: Scale): string[] {
  const ends = drawn
    .map(({name, points}, index) => ({
      name,
      at: y(points.at(-1)?.milliseconds ?? 1),
      colour: COLOURS[index % COLOURS.length],
    }))
    .sort((a, b) => a.at - b.at)
  let last = 0
  return ends.map(({name, at, colour}) => {
    last = Math.max(at + 4, last + 15)
    return `<text x="${WIDTH - RIGHT + 10}" y="${last.toFixed(1)}" fill="${colour}">${name}</text>`
  })
}
