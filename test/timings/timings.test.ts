import {appendFileSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {appendTimings, nowUs, Trace, timingsReport} from '../../src/timings/index.ts'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

describe('timings', () => {
  test('a trace notes when steps began and ended, also of one that fails', async () => {
    const trace = new Trace()
    const before = nowUs()
    await trace.time('outer', async () => {
      trace.timeSync('inner', () => {})
    })
    await expect(trace.time('broken', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(trace.spans.map(({name}) => name)).toEqual(['inner', 'outer', 'broken'])
    const [inner, outer] = trace.spans
    expect(outer?.startUs).toBeGreaterThanOrEqual(before)
    expect(inner?.startUs).toBeGreaterThanOrEqual(outer?.startUs ?? Number.POSITIVE_INFINITY)
    expect(inner?.endUs).toBeLessThanOrEqual(outer?.endUs ?? 0)
  })

  test('without a file nothing is written', () => {
    expect(appendTimings('berth ps', new Trace(), undefined)).toBeUndefined()
  })

  test('a file that cannot be written is told, not thrown', () => {
    expect(appendTimings('berth ps', new Trace(), '/nonexistent/directory/file')?.message).toContain('ENOENT')
  })

  test('processes append to one file, each line a step', async () => {
    await using directory = temporaryDirectory()
    const file = join(directory.path, 'timings')
    const trace = new Trace()
    trace.add('one', nowUs() - 10)
    appendTimings('berth run', trace, file)
    appendTimings('berth container cleanup', trace, file)
    const steps = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(steps.map(({program, name}) => `${program}: ${name}`)).toEqual([
      'berth run: process',
      'berth run: one',
      'berth container cleanup: process',
      'berth container cleanup: one',
    ])
    expect(steps.every(({pid, startUs, endUs}) => pid === process.pid && startUs <= endUs)).toBe(true)
  })

  test('the report orders processes by their start and indents what lies within another step', async () => {
    await using directory = temporaryDirectory()
    const file = join(directory.path, 'timings')
    const step = (program: string, pid: number, name: string, startUs: number, endUs: number) =>
      appendFileSync(file, `${JSON.stringify({program, pid, name, startUs, endUs})}\n`)
    step('late', 2, 'process', 5000, 9000)
    step('early', 1, 'inner', 2000, 3000)
    step('early', 1, 'process', 1000, 8000)
    step('early', 1, 'outer', 1500, 4000)
    step('early', 1, 'beside', 3500, 5000)
    expect(timingsReport([file], 'text')).toBe(
      [
        '  start ms   took ms  step',
        '       0.0       7.0  early (1)',
        '       0.5       2.5    outer',
        '       1.0       1.0      inner',
        '       2.5       1.5    beside',
        '       4.0       4.0  late (2)',
        '',
      ].join('\n'),
    )
    const lanes = JSON.parse(timingsReport([file], 'json'))
    expect(lanes[0].steps[1]).toEqual({name: 'inner', startMs: 1, endMs: 2, depth: 1})
    const picture = timingsReport([file], 'svg')
    expect(picture).toMatch(/^<svg /)
    expect(picture.match(/<rect /g)).toHaveLength(1 + 5)
  })

  test('names in a picture are text', async () => {
    await using directory = temporaryDirectory()
    const file = join(directory.path, 'timings')
    writeFileSync(file, `${JSON.stringify({program: 'a', pid: 1, name: '<b>&', startUs: 1, endUs: 2})}\n`)
    expect(timingsReport([file], 'svg')).toContain('&lt;b>&amp;')
  })

  test.each(['{', '{"name":"x"}', '[]', 'null'])('a file with the line %s is refused', async (line) => {
    await using directory = temporaryDirectory()
    const file = join(directory.path, 'timings')
    writeFileSync(file, `${line}\n`)
    expect(() => timingsReport([file], 'text')).toThrow(`${file}:1 is no timed step`)
  })
})
