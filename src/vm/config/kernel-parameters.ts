/**
 * Defaults, then the user's words: where both set one key, only the user's stays, so that it wins also for parameters
 * whose first occurrence the kernel takes. A key that may be repeated (`console=`) is only ever replaced as a whole.
 */
export function joinParameters(defaults: string, user: string): string {
  const added = split(user)
  const keys = new Set(added.map(keyOf))
  return [...split(defaults).filter((word) => !keys.has(keyOf(word))), ...added].join(' ')
}

function split(text: string): string[] {
  return text.match(/(?:[^\s"]|"[^"]*")+/g) ?? []
}

function keyOf(word: string): string {
  return word.split('=', 1)[0] ?? word
}
