/** A size in powers of 1000 with `digits` significant digits: `2.02MB`. */
export function humanSize(bytes: number, digits = 4, space = ''): string {
  return scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'], digits, space)
}

/** A size in powers of 1024: `1.5MiB`. */
export function binarySize(bytes: number, digits = 4): string {
  return scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'], digits, '')
}

function scaled(bytes: number, base: number, units: readonly string[], digits: number, space: string): string {
  let value = bytes
  let unit = 0
  for (; value >= base && unit < units.length - 1; unit++) value /= base
  return `${significant(value, digits)}${space}${units[unit]}`
}

/** As C's `%.4g`: significant digits without trailing zeros, with an exponent once they do not reach the point. */
function significant(value: number, digits: number): string {
  if (value !== 0 && Math.round(value) >= 10 ** digits) {
    const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e')
    return `${Number(mantissa)}e+${exponent.slice(1).padStart(2, '0')}`
  }
  return String(Number(value.toPrecision(digits)))
}
