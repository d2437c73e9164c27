import {Buffer} from 'node:buffer'

/** One entry, written as given: lies, broken fields and all. Names are byte strings (latin1). */
export interface Forged {
  readonly name: string
  /** One character; default '0' (file), '5' for a name that ends in a slash. */
  readonly type?: string
  readonly content?: string | Buffer
  readonly link?: string
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  /** In place of the content's length. */
  readonly size?: number | string
  readonly mtime?: number
  readonly device?: readonly [major: number, minor: number]
  readonly pax?: Readonly<Record<string, string>>
  /** In place of the right checksum. */
  readonly checksum?: string
  readonly magic?: string
  /** Overwrites bytes of the header block before its checksum is made. */
  readonly raw?: Readonly<Record<number, string>>
}

const END = Buffer.alloc(1024)

export function forge(...entries: readonly (Forged | Buffer)[]): Buffer {
  return Buffer.concat([...entries.map((entry) => (Buffer.isBuffer(entry) ? entry : forgeEntry(entry))), END])
}

/** Without the blocks that end an archive. */
export function forgeEntry(entry: Forged): Buffer {
  const content = Buffer.isBuffer(entry.content) ? entry.content : Buffer.from(entry.content ?? '', 'latin1')
  return Buffer.concat([...(entry.pax ? [paxEntry(entry.pax)] : []), header(entry, content.length), padded(content)])
}

export function paxEntry(records: Readonly<Record<string, string>>, type = 'x'): Buffer {
  return forgeEntry({
    name: 'pax',
    type,
    content: Object.entries(records)
      .map(([key, value]) => record(key, value))
      .join(''),
  })
}

/** GNU's long name (L) or long link (K). */
export function longName(name: string, type = 'L'): Buffer {
  return forgeEntry({name: '././@LongLink', type, content: `${name}\0`, magic: 'ustar  \0'})
}

export function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  let length = rest.length
  while (`${length}`.length + rest.length !== length) length = `${length}`.length + rest.length
  return `${length}${rest}`
}

function header(entry: Forged, contentLength: number): Buffer {
  const block = Buffer.alloc(512)
  const put = (text: string, at: number, width: number) => block.write(text.slice(0, width), at, 'latin1')
  const octal = (value: number, at: number, width: number) =>
    put(`${value.toString(8).padStart(width - 1, '0')}\0`, at, width)
  put(entry.name, 0, 100)
  octal(entry.mode ?? 0o644, 100, 8)
  octal(entry.uid ?? 0, 108, 8)
  octal(entry.gid ?? 0, 116, 8)
  if (typeof entry.size === 'string') put(entry.size, 124, 12)
  else octal(entry.size ?? contentLength, 124, 12)
  octal(entry.mtime ?? 1_000_000_000, 136, 12)
  put(entry.type ?? (entry.name.endsWith('/') ? '5' : '0'), 156, 1)
  put(entry.link ?? '', 157, 100)
  put(entry.magic ?? 'ustar\x0000', 257, 8)
  octal(entry.device?.[0] ?? 0, 329, 8)
  octal(entry.device?.[1] ?? 0, 337, 8)
  for (const [at, text] of Object.entries(entry.raw ?? {})) block.write(text, Number(at), 'latin1')
  block.fill(' ', 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  put(entry.checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `, 148, 8)
  return block
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}
