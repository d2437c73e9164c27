import {readFileSync} from 'node:fs'

/** Names of this network namespace's devices, also of those that are down or have no address. @see proc(5) */
export function listInterfaces(): readonly string[] {
  const lines = readFileSync('/proc/self/net/dev', 'utf8').split('\n')
  return lines.flatMap((line) => /^\s*([^\s|]+):/.exec(line)?.[1] ?? [])
}
