import {EngineError} from '../../errors/index.ts'
import {normalPath} from './archive-files.ts'

/** Where the bytes of an entry are: a range of a file. */
export interface Place {
  readonly file: number
  readonly start: number
  readonly size: number
}

type Entry = {readonly place: Place} | {readonly link: string}

const MAX_LINKS = 16
const MAX_ENTRIES = 100_000

/** The entries of a tar by path; a later one replaces an earlier one, links lead to other entries. */
export class EntryMap {
  readonly #entries = new Map<string, Entry>()

  addFile(path: string, place: Place): void {
    this.#add(path, {place})
  }

  /** `target` is relative to the link's directory for a symbolic link, to the archive's root for a hard one. */
  addLink(path: string, kind: 'symlink' | 'link', target: string): void {
    const base = kind === 'link' || target.startsWith('/') ? '' : path.split('/').slice(0, -1).join('/')
    const to = normalPath(`${base}/${target}`)
    if (to !== undefined) this.#add(path, {link: to})
  }

  has(path: string): boolean {
    return this.#follow(path) !== undefined
  }

  /** @throws ERR_ARCHIVE_INVALID */
  place(path: string): Place {
    const place = this.#follow(path)
    if (!place) throw new EngineError('ERR_ARCHIVE_INVALID', `${path} is missing`)
    return place
  }

  #add(path: string, entry: Entry): void {
    const normal = normalPath(path)
    if (normal === undefined || normal === '') return
    if (this.#entries.size >= MAX_ENTRIES) throw new EngineError('ERR_ARCHIVE_INVALID', 'too many entries')
    this.#entries.set(normal, entry)
  }

  #follow(path: string): Place | undefined {
    let name = normalPath(path)
    for (let hops = 0; name !== undefined && hops < MAX_LINKS; hops++) {
      const entry: Entry | undefined = this.#entries.get(name)
      if (!entry) return undefined
      if ('place' in entry) return entry.place
      name = entry.link
    }
    return undefined
  }
}
