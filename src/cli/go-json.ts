/** Fields that hold maps, whatever document they are in: what people name freely, and addresses and ports. */
const maps = new Set([
  ...['Annotations', 'Attributes', 'DriverOpts', 'ExposedPorts', 'Labels', 'Networks', 'Options', 'Ports', 'Volumes'],
  ...['annotations', 'labels', 'options'],
])

/**
 * JSON as Go writes it: the keys of a map are in order, those of a struct as its fields are.
 * @param isMap true when `value` itself is a map
 */
export function goJson(value: unknown, indent?: number, isMap = false): string {
  return JSON.stringify((isMap ? inOrder(value) : value) ?? null, asGo, indent)
}

function asGo(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  return maps.has(key) ? inOrder(value) : value
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
}
