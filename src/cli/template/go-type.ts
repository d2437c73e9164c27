/**
 * What Go would know of a value and JavaScript does not. Given to a template beside the data where it matters; without
 * it, an object whose keys all look like exported Go names is taken for a struct, any other object for a map.
 */
export type GoType =
  | GoStruct
  | {readonly kind: 'map'; readonly name?: string; readonly element?: GoType}
  | {readonly kind: 'slice'; readonly name?: string; readonly element?: GoType}
  /** An RFC 3339 string or a Date: prints as Go prints times, with the methods Unix, Format, UTC, String, IsZero. */
  | {readonly kind: 'time'}
  /** A count of nanoseconds, which prints as Go prints durations. */
  | {readonly kind: 'duration'}
  /** `zero` is what a missing value is; without it, a nil pointer. */
  | {readonly kind: 'scalar'; readonly name: string; readonly zero?: string | number | boolean}

export interface GoStruct {
  readonly kind: 'struct'
  /** As error messages name it: `*define.InspectContainerData`. */
  readonly name?: string
  /** Go's field names. The value tells the object's key where it differs (`ID` for `Id`) and the field's type. */
  readonly fields?: Readonly<Record<string, GoField>>
}

export interface GoField {
  readonly key?: string
  readonly type?: GoType
}

/** Lets an object answer field accesses itself: any name may be asked; `undefined` means there is no such field. */
export const lookUpField: unique symbol = Symbol('lookUpField')

export interface FieldLookup {
  [lookUpField](name: string): unknown
}

/** The types of the objects met while one template runs, by identity. */
export class KnownTypes {
  readonly #types = new Map<object, GoType>()

  set(value: unknown, type: GoType | undefined): void {
    if (type && typeof value === 'object' && value !== null) this.#types.set(value, type)
  }

  get(value: unknown): GoType | undefined {
    return typeof value === 'object' && value !== null ? this.#types.get(value) : undefined
  }
}
