import {ValueError} from './numbers.ts'

/**
 * Splits one value of a list option at commas, as Go's encoding/csv does: `"a,b",c` is two fields, a doubled quote
 * inside quotes is one quote.
 */
export function splitList(text: string): string[] {
  if (text === '') return []
  const fields: string[] = []
  let position = 0
  for (;;) {
    const [field, end] = text[position] === '"' ? quotedField(text, position) : bareField(text, position)
    fields.push(field)
    if (end >= text.length) return fields
    position = end + 1
  }
}

function bareField(text: string, start: number): [string, number] {
  const comma = text.indexOf(',', start)
  const end = comma < 0 ? text.length : comma
  const quote = text.indexOf('"', start)
  if (quote >= 0 && quote < end) throw parseError(quote, 'bare " in non-quoted-field')
  return [text.slice(start, end), end]
}

function quotedField(text: string, start: number): [string, number] {
  let field = ''
  for (let position = start + 1; position < text.length; position++) {
    if (text[position] !== '"') field += text[position]
    else if (text[position + 1] === '"') field += text[++position]
    else if (position + 1 === text.length || text[position + 1] === ',') return [field, position + 1]
    else throw parseError(position, 'extraneous or missing " in quoted-field')
  }
  throw parseError(text.length, 'extraneous or missing " in quoted-field')
}

function parseError(index: number, reason: string): ValueError {
  return new ValueError(`parse error on line 1, column ${index + 1}: ${reason}`)
}
