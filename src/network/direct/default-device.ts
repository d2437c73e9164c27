import {readFileSync} from 'node:fs'
import {EngineError} from '../../errors/index.ts'

/** Each with the column of the device and what a default route has in its first two. @see proc(5) */
const tables = [
  {path: '/proc/thread-self/net/route', device: 0, columns: [1, 7], nothing: /^0+$/},
  {path: '/proc/thread-self/net/ipv6_route', device: 9, columns: [0, 1], nothing: /^0+$/},
] as const

/** The interface over which this host reaches everything that it has no other route for. @throws ERR_NETWORK_SETUP */
export function defaultDevice(): string {
  for (const {path, device, columns, nothing} of tables) {
    const rows = readFileSync(path, 'latin1')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
    const row = rows.find((each) => each[device] !== 'lo' && columns.every((at) => nothing.test(each[at] ?? '')))
    const name = row?.[device]
    if (name) return name
  }
  throw new EngineError('ERR_NETWORK_SETUP', 'failed to get default route interface')
}
