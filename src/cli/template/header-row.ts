import {type FieldLookup, lookUpField} from './go-type.ts'

/** The row that gives a table its headings: every field answers with its name, `ImageID` with `IMAGE ID`. */
export class HeaderRow implements FieldLookup {
  readonly #names: Readonly<Record<string, string>>

  /** @param names headings that are not the field's own name, in any case: `{CreatedHuman: 'created'}` */
  constructor(names: Readonly<Record<string, string>> = {}) {
    this.#names = names
  }

  [lookUpField](field: string): string {
    return (this.#names[field] ?? splitCamelCase(field).join(' ')).toUpperCase()
  }
}

/** `IPAddress` is `IP Address`, `CIDFile` is `CID File`, `Ipv6` is `Ipv 6`. */
function splitCamelCase(name: string): string[] {
  return name.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\d+|[^\p{L}\d]+/gu) ?? [name]
}
