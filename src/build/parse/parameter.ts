import {EngineError} from '../../errors/index.ts'

/**
 * What `${NAME<modifier>}` stands for: `:-` `-` `:+` `+` `:?` `?` `#` `##` `%` `%%` `/` `//`.
 * @param expand replaces variables in the modifier's word; escapes stay in a pattern
 * @throws ERR_CONTAINERFILE for `?` on an unset variable and for an unknown modifier
 */
export function applyModifier(
  name: string,
  value: string | undefined,
  modifier: string,
  expand: (word: string, options?: {readonly keepsEscapes: boolean}) => string,
): string {
  if (modifier === '') return value ?? ''
  const [, operator = '', word = ''] = /^(:[-+?]|[-+?]|##?|%%?|\/\/?)?([\s\S]*)$/.exec(modifier) ?? []
  const isSet = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined
  switch (operator.at(-1)) {
    case '-':
      return isSet ? (value ?? '') : expand(word)
    case '+':
      return isSet ? expand(word) : ''
    case '?':
      if (isSet) return value ?? ''
      throw new EngineError('ERR_CONTAINERFILE', `${name}: ${expand(word) || 'is not allowed to be unset'}`)
    case '#':
      return cutFront(value ?? '', expand(word, {keepsEscapes: true}), operator === '##')
    case '%':
      return cutBack(value ?? '', expand(word, {keepsEscapes: true}), operator === '%%')
    case '/':
      return replace(value ?? '', expand(word, {keepsEscapes: true}), operator === '//')
    default:
      throw new EngineError('ERR_CONTAINERFILE', `unsupported modifier (${modifier.slice(0, 2)}) in substitution`)
  }
}

function cutFront(value: string, pattern: string, longest: boolean): string {
  const lengths = Array.from({length: value.length + 1}, (_, length) => length)
  const matcher = globToRegExp(pattern)
  const found = (longest ? lengths.reverse() : lengths).find((length) => matcher.test(value.slice(0, length)))
  return found === undefined ? value : value.slice(found)
}

function cutBack(value: string, pattern: string, longest: boolean): string {
  const starts = Array.from({length: value.length + 1}, (_, start) => start)
  const matcher = globToRegExp(pattern)
  const found = (longest ? starts : starts.reverse()).find((start) => matcher.test(value.slice(start)))
  return found === undefined ? value : value.slice(0, found)
}

/** The pattern ends at the first `/` that is not escaped. */
function replace(value: string, word: string, all: boolean): string {
  const [, pattern = '', replacement = ''] = /^((?:\\[\s\S]|[^/\\])*)(?:\/([\s\S]*))?$/.exec(word) ?? []
  const matcher = new RegExp(globSource(pattern), all ? 'gs' : 's')
  return value.replace(matcher, () => replacement)
}

function globToRegExp(pattern: string): RegExp {
  return new RegExp(`^${globSource(pattern)}$`, 's')
}

/** Shell patterns: `*`, `?`, and an escape before either. */
function globSource(pattern: string): string {
  return pattern.replace(/\\([\s\S])|([*?])|([.+^${}()|[\]\\])/g, (_, escaped, wild, special) => {
    if (escaped) return escaped.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    if (wild) return wild === '*' ? '.*' : '.'
    return `\\${special}`
  })
}
