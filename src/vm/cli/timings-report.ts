import {writeFileSync} from 'node:fs'
import type {Phase} from '../sandbox/timings.ts'

/** Writes phases to `file` as text, and beside it as a picture. */
export function saveTimings(file: string, title: string, phases: readonly Phase[]): void {
  writeFileSync(file, timingsText(phases))
  writeFileSync(`${file}.svg`, timingsPicture(title, phases))
}

/** One line per phase: start, duration, share of the whole, name. */
export function timingsText(phases: readonly Phase[]): string {
  const end = endOf(phases)
  const lines = phases.map(({name, startMs, endMs}) => {
    const share = `${Math.round(((endMs - startMs) / end) * 100)}%`
    return `${milliseconds(startMs)} ${milliseconds(endMs - startMs)} ${share.padStart(5)}  ${name}`
  })
  return [`${'start ms'.padStart(9)} ${'took ms'.padStart(9)} ${'share'.padStart(5)}  phase`, ...lines, ''].join('\n')
}

const [WIDTH, ROW, LABEL] = [900, 22, 150]

export function timingsPicture(title: string, phases: readonly Phase[]): string {
  const end = endOf(phases)
  const scale = (WIDTH - LABEL - 70) / end
  const rows = phases.map((phase, index) => row(phase, 30 + index * ROW, scale))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${40 + phases.length * ROW}" font-family="sans-serif" font-size="12">`,
    `<text x="8" y="18" font-weight="bold">${escapeText(title)}: ${end.toFixed(0)} ms</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n')
}

function row({name, startMs, endMs}: Phase, y: number, scale: number): string {
  const [x, width] = [LABEL + startMs * scale, Math.max(1, (endMs - startMs) * scale)]
  return [
    `<text x="8" y="${y + 14}">${escapeText(name)}</text>`,
    `<rect x="${x.toFixed(1)}" y="${y + 3}" width="${width.toFixed(1)}" height="${ROW - 6}" fill="#4a7ebb"/>`,
    `<text x="${(x + width + 4).toFixed(1)}" y="${y + 14}">${(endMs - startMs).toFixed(0)} ms</text>`,
  ].join('')
}

function endOf(phases: readonly Phase[]): number {
  return Math.max(1, ...phases.map(({endMs}) => endMs))
}

function milliseconds(value: number): string {
  return value.toFixed(1).padStart(9)
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
