/** A duration as Go prints it: `1h2m3.5s`, `15ms`, `0s`. */
export function goDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s'
  const sign = nanoseconds < 0 ? '-' : ''
  const total = Math.abs(Math.round(nanoseconds))
  if (total < 1000) return `${sign}${total}ns`
  if (total < 1e6) return `${sign}${fraction(total, 1e3)}µs`
  if (total < 1e9) return `${sign}${fraction(total, 1e6)}ms`
  const minutes = Math.floor(total / 60e9)
  const hours = Math.floor(minutes / 60)
  const head = `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes % 60}m` : ''}`
  return `${sign}${head}${fraction(total % 60e9, 1e9)}s`
}

/** `value / unit` exactly, without trailing zeros. */
function fraction(value: number, unit: number): string {
  const digits = String(unit).length - 1
  const rest = String(value % unit)
    .padStart(digits, '0')
    .replace(/0+$/, '')
  return `${Math.floor(value / unit)}${rest === '' ? '' : `.${rest}`}`
}
