import {goTime, wholeSeconds} from '../../image/go-time.ts'
import type {Image} from '../../image/image.ts'
import {repoDigests} from '../../image/inspect.ts'
import {humanAge} from '../human-duration.ts'
import {humanSize} from '../human-size.ts'
import type {GoType} from '../template/index.ts'

export interface RowContext {
  readonly truncate: boolean
  readonly containers: number
  readonly parentID: string
  readonly dangling: boolean
}

/** One line of `images`: an image under one of its names. Getters are what templates may ask for. */
export class ImageRow {
  readonly Repository: string
  readonly Tag: string
  readonly Names: readonly string[]
  readonly RepoTags: readonly string[]
  readonly RepoDigests: readonly string[]
  readonly Labels: Readonly<Record<string, string>> | null
  readonly Digest: string
  readonly Containers: number
  readonly Dangling: boolean
  readonly IsDangling: boolean
  readonly ReadOnly = false
  readonly IsReadOnly = false
  readonly ParentId: string
  readonly SharedSize = 0
  readonly VirtualSize: number
  readonly bytes: number
  readonly imageID: string
  readonly #createdAt: string
  readonly #history: readonly string[]
  readonly #truncate: boolean

  constructor(image: Image, name: string | undefined, context: RowContext) {
    const {repository, tag} = splitForTable(name)
    this.Repository = repository
    this.Tag = tag
    this.Names = image.names
    this.RepoTags = image.names
    this.RepoDigests = repoDigests(image)
    this.Labels = Object.keys(image.record.labels).length > 0 ? image.record.labels : null
    this.Digest = image.digest
    this.Containers = context.containers
    this.Dangling = this.IsDangling = context.dangling
    this.ParentId = context.parentID
    this.VirtualSize = this.bytes = image.record.sizeBytes
    this.imageID = image.id
    this.#createdAt = image.record.createdAt
    this.#history = image.namesHistory
    this.#truncate = context.truncate
  }

  get ID(): string {
    return this.#truncate ? this.imageID.slice(0, 12) : `sha256:${this.imageID}`
  }

  get Created(): string {
    return humanAge(this.#createdAt)
  }

  get CreatedSince(): string {
    return this.Created
  }

  get CreatedAt(): string {
    return wholeSeconds(this.#createdAt)
  }

  get CreatedTime(): string {
    return this.CreatedAt
  }

  get createdMs(): number {
    return Date.parse(this.#createdAt)
  }

  get Size(): string {
    return humanSize(this.bytes, 3, ' ')
  }

  get History(): string {
    return this.#history.join(', ')
  }

  /** The object of `--format json`. */
  get json(): object {
    return {
      Id: this.imageID,
      ParentId: this.ParentId,
      RepoTags: null,
      RepoDigests: this.RepoDigests,
      Size: this.bytes,
      SharedSize: 0,
      VirtualSize: this.VirtualSize,
      Labels: this.Labels,
      Containers: this.Containers,
      ...(this.Dangling && {Dangling: true}),
      Digest: this.Digest,
      ...(this.#history.length > 0 && {History: this.#history}),
      ...(this.Names.length > 0 && {Names: this.Names}),
      Created: Math.floor(this.createdMs / 1000),
      CreatedAt: goTime(this.CreatedAt),
    }
  }
}

const time: GoType = {kind: 'time'}

export const imageRowType: GoType = {
  kind: 'struct',
  name: 'images.imageReporter',
  fields: {
    CreatedAt: {type: time},
    CreatedTime: {type: time},
    Labels: {type: {kind: 'map'}},
    Names: {type: {kind: 'slice'}},
    RepoTags: {type: {kind: 'slice'}},
    RepoDigests: {type: {kind: 'slice'}},
  },
}

function splitForTable(name: string | undefined): {readonly repository: string; readonly tag: string} {
  if (name === undefined) return {repository: '<none>', tag: '<none>'}
  const at = name.indexOf('@')
  if (at >= 0) {
    const tagged = name.slice(0, at)
    const colon = tagged.lastIndexOf(':')
    return colon > tagged.lastIndexOf('/')
      ? {repository: tagged.slice(0, colon), tag: tagged.slice(colon + 1)}
      : {repository: tagged, tag: '<none>'}
  }
  const colon = name.lastIndexOf(':')
  return {repository: name.slice(0, colon), tag: name.slice(colon + 1)}
}
