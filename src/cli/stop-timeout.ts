/**
 * The seconds that `--time` asks for: undefined leaves each container its own stop timeout, and a negative number waits
 * without end.
 */
export function stopTimeout(given: boolean, seconds: number): number | undefined {
  if (!given) return undefined
  return seconds < 0 ? Number.MAX_SAFE_INTEGER : seconds
}
