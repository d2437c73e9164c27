/** @see RFC 9110, section 11.6.1, and distribution's spec/auth/token.md */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer'
  readonly parameters: Readonly<Record<string, string>>
}

/** The challenges of a `WWW-Authenticate` header that registries use. */
export function parseChallenges(header: string | undefined): readonly Challenge[] {
  const challenges: Challenge[] = []
  for (const match of (header ?? '').matchAll(
    /(?:^|,\s*)(basic|bearer)\s+((?:[\w-]+=(?:"(?:[^"\\]|\\.)*"|[^\s,"]*)(?:\s*,\s*)?)*)/gi,
  ))
    challenges.push({
      scheme: (match[1] as string).toLowerCase() as Challenge['scheme'],
      parameters: parseParameters(match[2] as string),
    })
  return challenges
}

function parseParameters(text: string): Readonly<Record<string, string>> {
  const parameters: Record<string, string> = {}
  for (const match of text.matchAll(/([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/g))
    parameters[(match[1] as string).toLowerCase()] = (match[2] ?? match[3] ?? '').replace(/\\(.)/g, '$1')
  return parameters
}
