import {readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {processesUsing} from '../test/helpers/leaks.ts'
import type {Figure} from './vm-figure.ts'
import type {VmUnderTest} from './vm-under-test.ts'

const MOST_BESIDE_QEMU_MIB = 4
const SETTLED_MS = 3000

/** Proportional set sizes of all that an idle container of Berth's has on the host. */
export async function measureMemory({berth}: VmUnderTest): Promise<Figure[]> {
  const earlier = new Set(readdirSync('/proc'))
  const words = ['run', '-d', '--network', 'none', 'localhost/busybox', 'sleep', '10000']
  const id = await berth.output(...words)
  await sleep(SETTLED_MS)
  const own = processesOf(berth.directory, id).filter((pid) => !earlier.has(String(pid)))
  const sizes = own.map((pid) => ({name: nameOf(pid), mib: proportionalMiB(pid)}))
  const beside = sizes.filter(({name}) => !name.startsWith('qemu'))
  return [
    {name: 'idle container, everything on the host', unit: 'MiB', value: sum(sizes)},
    ...sizes.map(({name, mib}): Figure => {
      const figure = {name: `  ${name}`, unit: 'MiB', value: mib} as const
      return name.startsWith('qemu') ? figure : {...figure, bar: MOST_BESIDE_QEMU_MIB}
    }),
    {name: '  all beside QEMU', unit: 'MiB', value: sum(beside)},
  ]
}

/** Those with its files on their command line, and those that work in its sandbox's directory. */
function processesOf(directory: string, id: string): number[] {
  const named = processesUsing(directory).map(({pid}) => pid)
  const inside = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && workingDirectory(name).includes(`/${id}`))
  const virtiofsd = [...named, ...inside.map(Number)].flatMap(childrenOf)
  return [...new Set([...named, ...inside.map(Number), ...virtiofsd])]
}

function workingDirectory(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
}

function proportionalMiB(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? Number.NaN) / 1024
}

function sum(sizes: readonly {readonly mib: number}[]): number {
  return sizes.reduce((total, {mib}) => total + mib, 0)
}
