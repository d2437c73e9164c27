/** `Title:` and its lines, ended by a newline. */
export function section(title: string, body: string): string {
  return `${title}:\n${body}\n`
}

export function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : `  ${line}`))
    .join('\n')
}
