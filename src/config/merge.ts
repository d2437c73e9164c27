import type {Table} from './toml-file.ts'

export interface Layer {
  /** Path of the file, or what else the values come from; errors name it. */
  readonly source: string
  readonly tables: Table
}

export interface Merged {
  readonly tables: Table
  /** Where a value came from, by dotted key. */
  sourceOf(key: string): string
}

/**
 * Lays later layers over earlier ones, key by key. A list replaces the earlier one unless it holds `{append=true}`, which
 * makes it, and the lists of that key in later layers, extend what is there; `{append=false}` ends that.
 *
 * @see containers.conf(5), Appending to String Arrays
 */
export function mergeLayers(layers: readonly Layer[]): Merged {
  const merger = new Merger()
  for (const layer of layers) merger.add(layer)
  return merger
}

class Merger implements Merged {
  readonly tables: Record<string, unknown> = {}
  readonly #sources = new Map<string, string>()
  readonly #appending = new Set<string>()

  add(layer: Layer): void {
    this.#mergeTable(this.tables, layer.tables, '', layer.source)
  }

  sourceOf(key: string): string {
    return this.#sources.get(key) ?? 'built-in defaults'
  }

  #mergeTable(target: Record<string, unknown>, table: Table, prefix: string, source: string): void {
    for (const [name, value] of Object.entries(table)) {
      const key = prefix === '' ? name : `${prefix}.${name}`
      if (isTable(value)) this.#mergeTable(this.#tableIn(target, name), value, key, source)
      else {
        target[name] = Array.isArray(value) ? this.#mergeList(target[name], value, key) : value
        this.#sources.set(key, source)
      }
    }
  }

  #tableIn(target: Record<string, unknown>, name: string): Record<string, unknown> {
    if (!isTable(target[name])) target[name] = {}
    return target[name] as Record<string, unknown>
  }

  #mergeList(earlier: unknown, list: readonly unknown[], key: string): unknown[] {
    for (const item of list) {
      if (!isAppendMark(item)) continue
      if (item.append) this.#appending.add(key)
      else this.#appending.delete(key)
    }
    const values = list.filter((item) => !isAppendMark(item))
    return this.#appending.has(key) && Array.isArray(earlier) ? [...earlier, ...values] : values
  }
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function isAppendMark(value: unknown): value is {readonly append: boolean} {
  return isTable(value) && typeof value.append === 'boolean'
}
