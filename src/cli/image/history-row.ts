import {goTime, type HistoryEntry, wholeSeconds} from '../../image/index.ts'
import {humanAge} from '../human-duration.ts'
import {humanSize} from '../human-size.ts'
import type {GoType} from '../template/index.ts'

/** One line of `history`. */
export class HistoryRow {
  readonly Comment: string
  readonly Tags: readonly string[]
  readonly #entry: HistoryEntry
  readonly #human: boolean
  readonly #truncate: boolean

  constructor(entry: HistoryEntry, options: {readonly human: boolean; readonly truncate: boolean}) {
    this.Comment = entry.comment
    this.Tags = entry.tags
    this.#entry = entry
    this.#human = options.human
    this.#truncate = options.truncate
  }

  get ID(): string {
    const id = this.#entry.id ?? '<missing>'
    return this.#truncate && this.#entry.id !== undefined ? id.slice(0, 12) : id
  }

  get Created(): string {
    return this.#human ? this.CreatedSince : this.createdSeconds
  }

  get CreatedSince(): string {
    return humanAge(this.#created)
  }

  get CreatedAt(): string {
    return this.createdSeconds
  }

  get CreatedBy(): string {
    const text = this.#entry.createdBy
    return this.#truncate && text.length > 45 ? `${text.slice(0, 42)}...` : text
  }

  get Size(): string {
    return humanSize(this.#entry.sizeBytes, 3, ' ')
  }

  get createdSeconds(): string {
    return wholeSeconds(this.#created)
  }

  get json(): object {
    const {id, createdBy, sizeBytes, comment, tags} = this.#entry
    return {
      id: id ?? '<missing>',
      created: goTime(this.#created),
      CreatedBy: createdBy,
      ...(tags.length > 0 && {tags}),
      size: sizeBytes,
      ...(comment !== '' && {comment}),
      Created: this.createdSeconds,
    }
  }

  get #created(): string {
    return this.#entry.created || '0001-01-01T00:00:00Z'
  }
}

export const historyRowType: GoType = {
  kind: 'struct',
  name: 'images.historyReporter',
  fields: {CreatedAt: {type: {kind: 'time'}}, Tags: {type: {kind: 'slice'}}},
}
