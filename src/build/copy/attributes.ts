import {type ByteString, getXattrAt, listXattrAt, setXattrAt} from '../../host/index.ts'

/** Extended attributes that belong to a file's content: the user's own, and capabilities. */
export type Attributes = readonly (readonly [name: ByteString, value: Buffer])[]

/** @param top a descriptor of the root directory; `path` is absolute */
export function attributesOf(top: number, path: string): Attributes {
  const entry = entryOf(path)
  return listXattrAt(top, entry)
    .filter((name) => name.startsWith('user.') || name === 'security.capability')
    .flatMap((name) => {
      const value = getXattrAt(top, entry, name)
      return value === undefined ? [] : [[name, value] as const]
    })
}

export function copyAttributes(top: number, source: string, target: string): void {
  for (const [name, value] of attributesOf(top, source)) setXattrAt(top, entryOf(target), name, value)
}

function entryOf(path: string): ByteString {
  return Buffer.from(path.slice(1)).toString('latin1')
}
