/** Where libuv has words of its own: those of strerror(3), as everybody else says them. */
const words: ReadonlyMap<string, string> = new Map([
  ['EBUSY', 'device or resource busy'],
  ['EEXIST', 'file exists'],
  ['EISDIR', 'is a directory'],
  ['ELOOP', 'too many levels of symbolic links'],
  ['ENAMETOOLONG', 'file name too long'],
  ['ETXTBSY', 'text file busy'],
  ['EXDEV', 'invalid cross-device link'],
])

/** The system's words in an error of Node's: `no such file or directory`. */
export function systemReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const [, code = '', reason] = /^([A-Z0-9]+): ([^,]+)/.exec(text) ?? []
  return words.get(code) ?? reason ?? text
}
