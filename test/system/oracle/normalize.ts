/** What is different in every run (ids, times, paths, the engine's name) replaced by what it is. */
export function normalize(text: string, directory: string): string {
  const replaced = replaceVarying(text, directory)
  // A column of ages is as wide as its longest.
  return /\bAGE\b/.test(replaced) ? replaced.replace(/ {3,}/g, '  ') : replaced
}

function replaceVarying(text: string, directory: string): string {
  return (
    text
      .replaceAll(directory, 'DIR')
      .replace(/time="[^"]*" level=(warning|info)[^\n]*\n/g, '')
      .replace(/^Storing signatures\n?/gm, '')
      // Debian's aardvark-dns complains of a host without syslog, and podman passes it on.
      .replace(/^failed to connect to syslog: [^\n]*\n/gm, '')
      .replace(/usage: \d+/g, 'usage: N')
      .replace(/\b[0-9a-f]{64}\b/g, 'ID64')
      .replace(/\b[0-9a-f]{25}\b/g, 'ID25')
      .replace(/\b[0-9a-f]{12}\b/g, 'ID12')
      .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?[+-]\d\d:?\d\d( [A-Z]+)?|Z)?/g, 'TIME')
      .replace(/\b(podman|berth)(\d*)\b/gi, 'ENGINE$2')
      .replace(
        /(Less than a second|About an? (minute|hour)|\d+ (seconds?|minutes?|hours?|days?|weeks?|months?|years?))( ago)?/g,
        'AGE',
      )
      .replace(/[ \t]+$/gm, '')
      .trimEnd()
  )
}

/** Where the shape of `ours` is not that of `theirs`: missing keys and other types. Keys only we have are no difference. */
export function shapeDifferences(theirs: unknown, ours: unknown, path = ''): string[] {
  if (theirs === null || ours === null) return ours === undefined ? [`${path}: missing`] : []
  if (kindOf(theirs) !== kindOf(ours)) return [`${path}: ${kindOf(theirs)} there, ${kindOf(ours)} here`]
  if (Array.isArray(theirs) && Array.isArray(ours))
    return theirs.length > 0 && ours.length > 0 ? shapeDifferences(theirs[0], ours[0], `${path}[]`) : []
  if (typeof theirs !== 'object') return []
  return Object.entries(theirs).flatMap(([key, value]) => {
    if (!Object.hasOwn(ours as object, key)) return [`${path}.${key}: missing`]
    return shapeDifferences(value, (ours as Record<string, unknown>)[key], `${path}.${key}`)
  })
}

/** Where a value of podman's is another one here. What only we have is no difference. */
export function valueDifferences(theirs: unknown, ours: unknown, path = ''): string[] {
  if (typeof theirs !== 'object' || theirs === null || typeof ours !== 'object' || ours === null)
    return Object.is(theirs, ours) ? [] : [`${path}: ${JSON.stringify(theirs)} there, ${JSON.stringify(ours)} here`]
  return Object.entries(theirs).flatMap(([key, value]) =>
    valueDifferences(value, (ours as Record<string, unknown>)[key], `${path}.${key}`),
  )
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
