import {parseReference, repositoryOf} from './reference.ts'

/**
 * True when a shell pattern fits a full name in one of its shorter spellings: whole, without the host, the last part
 * alone, each with and without tag. @see containers/common libimage, filterReferences
 */
export function matchesPattern(name: string, pattern: string): boolean {
  const reference = parseReference(name)
  const repository = repositoryOf(reference)
  const suffix = name.slice(repository.length)
  const last = repository.slice(repository.lastIndexOf('/') + 1)
  const spellings = [repository, reference.path, last].flatMap((spelling) => [spelling, spelling + suffix])
  const expression = patternExpression(pattern)
  return spellings.some((spelling) => expression.test(spelling))
}

/** @see Go's path.Match: `*` and `?` stop at a slash */
function patternExpression(pattern: string): RegExp {
  let source = ''
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern[index] as string
    if (char === '*') source += '[^/]*'
    else if (char === '?') source += '[^/]'
    else if (char === '[') {
      const end = pattern.indexOf(']', index + 1)
      if (end < 0) return /$^/
      source += `[${pattern.slice(index + 1, end).replace(/\\/g, '\\\\')}]`
      index = end
    } else source += (char === '\\' ? (pattern[++index] ?? '\\') : char).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  }
  return new RegExp(`^${source}$`)
}
