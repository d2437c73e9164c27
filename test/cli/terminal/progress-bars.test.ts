import {setTimeout as sleep} from 'node:timers/promises'
import {describe, expect, it} from 'vitest'
import {barLine, type CopyState} from '../../../src/cli/terminal/bar-line.ts'
import {ProgressBars} from '../../../src/cli/terminal/progress-bars.ts'

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const
const MiB = 1024 ** 2

/** What a terminal shows after these bytes: enough of one for what the bars write. */
function shown(written: string, rows: number): readonly string[] {
  const lines = ['']
  let row = 0
  for (const [part] of written.replaceAll('\x1b', '␛').matchAll(/␛\[\d+A|␛\[K|\r|\n|[^␛\r\n]+/g)) {
    const up = /␛\[(\d+)A/.exec(part)?.[1]
    // Lines above the screen are out of reach
    if (up !== undefined) row = Math.max(0, lines.length - rows, row - Number(up))
    else if (part === '\n') lines[++row] ??= ''
    else if (part === '␛[K') continue
    else if (part !== '\r') lines[row] = part
  }
  return lines
}

describe('progress bars', () => {
  const copy: CopyState = {
    kind: 'blob',
    digest: digest('a'),
    totalBytes: 40 * MiB,
    bytes: 0,
    startedMs: undefined,
    end: undefined,
  }

  it.each<[Partial<CopyState>, number, string]>([
    [{}, 70, `Copying blob aaaaaaaaaaaa [>${'-'.repeat(27)}] 0B / 40.0MiB`],
    [
      {bytes: 10 * MiB, startedMs: 0},
      80,
      `Copying blob aaaaaaaaaaaa [=====>${'-'.repeat(17)}] 10.0MiB / 40.0MiB 10.0MiB/s`,
    ],
    [{bytes: 40 * MiB, startedMs: 0}, 60, 'Copying blob aaaaaaaaaaaa 40.0MiB / 40.0MiB 40.0MiB/s'],
    [{bytes: 2048, totalBytes: undefined, startedMs: 0}, 80, 'Copying blob aaaaaaaaaaaa 2.0KiB 2.0KiB/s'],
    [{end: 'skipped'}, 80, 'Copying blob aaaaaaaaaaaa skipped: already exists'],
    [{end: 'done', kind: 'config'}, 20, 'Copying config aaaa'],
  ])('show %o in %i columns', (state, columns, text) => {
    expect(barLine({...copy, ...state}, 1000, columns)).toBe(text)
    expect(text.length).toBeLessThan(columns)
  })

  it('leave one line for each blob, sentences in between, whatever the height of the screen', async () => {
    for (const rows of [24, 3]) {
      let written = ''
      const bars = new ProgressBars({write: (text) => (written += text), size: () => ({rows, columns: 80})})
      bars.line('first')
      const copies = ['a', 'b', 'c', 'd'].map((letter) => bars.copying('blob', digest(letter), MiB))
      copies[1]?.advance(512 * 1024)
      await sleep(150)
      bars.line('second')
      copies[0]?.skip()
      await sleep(150)
      for (const one of copies.slice(1)) one.done()
      bars.copying('config', digest('e'), 3).done()
      bars.line('last')
      bars.stop()
      expect(shown(written, rows).filter(Boolean)).toEqual([
        'first',
        'second',
        'Copying blob aaaaaaaaaaaa skipped: already exists',
        ...['b', 'c', 'd'].map((letter) => `Copying blob ${letter.repeat(12)} done`),
        'Copying config eeeeeeeeeeee done',
        'last',
      ])
    }
  })

  it('draw nothing once they are stopped', async () => {
    let written = ''
    const bars = new ProgressBars({write: (text) => (written += text), size: () => ({rows: 24, columns: 80})})
    bars.copying('blob', digest('a'), MiB).advance(1)
    bars.stop()
    const before = written
    await sleep(250)
    expect(written).toBe(before)
    expect(before).toContain('Copying blob aaaaaaaaaaaa [>')
  })
})
