import {readFileSync} from 'node:fs'
import {EngineError, isErrno} from '../../../errors/index.ts'
import {inNetworkNamespace} from '../../../host/index.ts'
import type {NetworkCounters} from '../../define/verb-options.ts'

/** Counters of every interface but lo, by name, of the network namespace at `path`; none when it is gone. */
export function readNetworkCounters(path: string): Readonly<Record<string, NetworkCounters>> {
  try {
    return parseNetDev(inNetworkNamespace(path, () => readFileSync('/proc/thread-self/net/dev', 'latin1')))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH') || error instanceof EngineError) return {}
    throw error
  }
}

/** @see proc(5), /proc/net/dev: two lines of headings, then eight numbers received and eight sent */
export function parseNetDev(text: string): Readonly<Record<string, NetworkCounters>> {
  const lines = text
    .split('\n')
    .slice(2)
    .filter((line) => line.includes(':'))
  return Object.fromEntries(
    lines
      .map((line): [string, NetworkCounters] => {
        const [name = '', numbers = ''] = line.split(':')
        const [
          rxBytes = 0,
          rxPackets = 0,
          rxErrors = 0,
          rxDropped = 0,
          ,
          ,
          ,
          ,
          txBytes = 0,
          txPackets = 0,
          txErrors = 0,
          txDropped = 0,
        ] = numbers.trim().split(/\s+/).map(Number)
        return [name.trim(), {rxBytes, rxPackets, rxErrors, rxDropped, txBytes, txPackets, txErrors, txDropped}]
      })
      .filter(([name]) => name !== 'lo'),
  )
}
