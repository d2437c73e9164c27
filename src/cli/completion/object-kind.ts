export type ObjectKind = 'container' | 'image' | 'network' | 'pod' | 'secret' | 'volume' | 'any'

const WORDS: readonly (readonly [RegExp, ObjectKind])[] = [
  [/\|/, 'any'],
  [/CONTAINER/, 'container'],
  [/IMAGE/, 'image'],
  [/NETWORK/, 'network'],
  [/POD/, 'pod'],
  [/SECRET/, 'secret'],
  [/VOLUME/, 'volume'],
]

/** What a command's usage (`IMAGE [COMMAND [ARG...]]`) has at a position; the last word repeats when it ends in dots. */
export function objectKind(usage: string, position: number): ObjectKind | undefined {
  const words = usage.split(' ').filter(Boolean)
  const last = words.at(-1) ?? ''
  const word = words[position] ?? (last.includes('...') ? last : '')
  return WORDS.find(([pattern]) => pattern.test(word))?.[1]
}
