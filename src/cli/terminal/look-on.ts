/** What podman's commands end with that look on until somebody interrupts them. */
const exitCodes = [
  ['SIGINT', 1],
  ['SIGTERM', 0],
] as const

/** From here on this command only shows what happens: Ctrl-C and `kill` are its usual ends. */
export function lookOn(): void {
  for (const [signal, exitCode] of exitCodes) process.once(signal, () => process.exit(exitCode))
}
