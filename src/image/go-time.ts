/** An RFC 3339 time as Go prints it: fractions without trailing zeros, UTC as `Z`. */
export function goTime(text: string): string {
  return text
    .replace(/\.(\d*?)0+(?=\D|$)/, (_, digits: string) => (digits === '' ? '' : `.${digits}`))
    .replace(/[+-]00:00$/, 'Z')
}

/** To the second, in UTC: `2026-11-22T01:33:12Z`. */
export function wholeSeconds(text: string): string {
  return new Date(Math.floor(Date.parse(text) / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}
