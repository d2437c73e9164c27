export interface WaitOptions {
  /** Default ten seconds. */
  readonly timeoutMs?: number
  /** What was observed, told when the time is over. */
  readonly describe?: () => string
}

/** Waits for a condition; on failure the error says what was seen last. */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  options: WaitOptions = {},
): Promise<void> {
  const {timeoutMs = 10_000, describe = () => ''} = options
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for: ${what}\n${describe()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
