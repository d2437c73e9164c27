import {EngineError} from '../errors/index.ts'

/**
 * The words of a command line in an image's label, variables replaced. Words are split as a shell does it with quotes
 * and backslashes, but no shell sees them: an image must not run more than the one command.
 * @throws ERR_REFUSED for an open quote or an empty label
 */
export function labelCommand(text: string, variables: Readonly<Record<string, string>>): string[] {
  const words = splitWords(text).map((word) =>
    word.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced, bare) => variables[braced ?? bare] ?? whole),
  )
  if (words.length === 0) throw new EngineError('ERR_REFUSED', 'the label holds no command')
  return words.filter((word) => word !== '')
}

function splitWords(text: string): string[] {
  const words: string[] = []
  for (const match of text.matchAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs)) words.push(unquoted(match[0]))
  if (/^(?:[^"']|"(?:[^"\\]|\\.)*"|'[^']*')*["']/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'|\\./gs, '')))
    throw new EngineError('ERR_REFUSED', `a quote is not closed in ${JSON.stringify(text)}`)
  return words
}

function unquoted(word: string): string {
  return word.replaceAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gs, (_, double, single, escaped) =>
    double !== undefined ? double.replaceAll(/\\(["\\$])/g, '$1') : (single ?? escaped),
  )
}
