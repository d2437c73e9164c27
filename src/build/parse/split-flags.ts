import type {InstructionFlag, Keyword} from './instruction.ts'

const withFlags: readonly Keyword[] = ['ADD', 'COPY', 'FROM', 'HEALTHCHECK', 'RUN']

/** Parts `--name=value` words at the beginning from the arguments. A quoted value may hold spaces. */
export function splitFlags(text: string, keyword: Keyword): {flags: readonly InstructionFlag[]; text: string} {
  const flags: InstructionFlag[] = []
  let rest = text
  while (withFlags.includes(keyword)) {
    const match = /^--([a-z][a-z0-9-]*)(?:=((?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])*))?(?:\s+|$)/i.exec(rest)
    if (!match) break
    flags.push({name: match[1] ?? '', value: match[2] ?? 'true'})
    rest = rest.slice(match[0].length)
  }
  return {flags, text: rest}
}

/** The strings of the exec form `["a", "b"]`, or undefined when the text is not one. */
export function jsonForm(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
  } catch {
    return undefined
  }
}
