import {readFileSync, readlinkSync} from 'node:fs'
import {libc} from './native.ts'

const MADV_DONTNEED = 4

type Range = readonly [start: number, end: number]

const PAUSE_MS = 100

/**
 * Takes the pages of Node's program file out of this process, now and from time to time until it ends: half of them are
 * needed at its start alone, others once. Those that are touched again come back from the page cache, where all of them stay.
 */
export function giveBackProgramPages(): void {
  const ranges = unwrittenRanges(readFileSync('/proc/self/maps', 'latin1'), readlinkSync('/proc/self/exe'))
  const giveBack = () => {
    for (const [start, end] of ranges)
      libc('int madvise(intptr_t address, size_t length, int advice)', start, end - start, MADV_DONTNEED)
  }
  giveBack()
  setInterval(giveBack, PAUSE_MS).unref()
}

/**
 * Where the file is mapped as it is on disk. The last of the parts that cannot be written was: the loader had filled in
 * addresses there before. @param maps as in proc(5), /proc/pid/maps
 */
export function unwrittenRanges(maps: string, path: string): readonly Range[] {
  const lines = maps.split('\n').flatMap((line) => {
    const [, start = '', end = '', mode = '', name] =
      /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ +(.*)$/.exec(line) ?? []
    return name === path ? [{mode, range: [Number.parseInt(start, 16), Number.parseInt(end, 16)] as const}] : []
  })
  const readOnly = lines.filter(({mode}) => mode === 'r--p').slice(0, -1)
  const executable = lines.filter(({mode}) => mode === 'r-xp')
  return [...readOnly, ...executable].map(({range}) => range)
}
