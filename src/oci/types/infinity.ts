/** RLIM_INFINITY as runc and crun read it, into 64 unsigned bits. */
const INFINITY = '18446744073709551615'

/** "No limit" of a spec's rlimits, a number that only JSON.rawJSON writes: a double cannot hold 2^64-1. */
export function infiniteLimit(): number {
  return (JSON as unknown as {rawJSON(text: string): unknown}).rawJSON(INFINITY) as number
}

/** Whether a number that was read from JSON stood for it. */
export function isInfiniteLimit(value: number): boolean {
  return value === Number(INFINITY)
}
