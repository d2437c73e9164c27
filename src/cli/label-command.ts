import {EngineError} from '../errors/index.ts'

export interface LabelFacts {
  readonly image: string
  readonly name: string
  /** What else may follow a `$`; any other variable is empty. */
  readonly variables: Readonly<Record<string, string>>
}

/**
 * The words of a command line in an image's label. IMAGE and NAME stand for the image and the container, bare, behind `=` or
 * as variables. Words are split as a shell does it with quotes and backslashes, but no shell sees them: an image must not
 * run more than the one command.
 * @throws ERR_REFUSED for an open quote or an empty label @see podman container-runlabel(1)
 */
export function labelCommand(text: string, {image, name, variables}: LabelFacts): string[] {
  const values: Readonly<Record<string, string>> = {...variables, IMAGE: image, NAME: name}
  const words = splitWords(text).map((word) =>
    word
      .replace(/^(NAME|IMAGE)$/, (bare) => values[bare] ?? '')
      .replace(/=(NAME|IMAGE)$/, (_, bare) => `=${values[bare]}`)
      .replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced, bare) => values[braced ?? bare] ?? ''),
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
