import {createReadStream} from 'node:fs'
import {Readable} from 'node:stream'
import {EngineError, isErrno} from '../../errors/index.ts'
import {applyChanges} from '../changes.ts'
import {type CopyReport, NewImageReport} from '../copy-report.ts'
import {hexOf} from '../digest.ts'
import type {Image} from '../image.ts'
import type {ImageStore} from '../image-store.ts'
import {createImageFromLayer} from '../new-layer-image.ts'
import {formatReference, parseLocalReference} from '../reference.ts'
import {networkReason} from '../registry/network-reason.ts'

export interface ImportOptions {
  /** A file, an http(s) URL, or an open descriptor; 0 is stdin. */
  readonly source: string | number
  readonly reference?: string
  readonly changes?: readonly string[]
  readonly message?: string
  readonly os?: string
  readonly architecture?: string
  readonly variant?: string
  readonly report?: CopyReport
  readonly signal?: AbortSignal
}

/** Makes an image of one layer from the tar of a root filesystem, plain or compressed. */
export async function importImage(store: ImageStore, options: ImportOptions): Promise<Image> {
  const config = applyChanges({}, options.changes ?? [])
  const names = options.reference === undefined ? [] : [formatReference(parseLocalReference(options.reference))]
  await using hold = await store.holdLayers()
  await hold.addUnknown()
  const source = await openSource(options)
  const report = new NewImageReport(options.report)
  const layer = await store.layers.apply({
    source,
    ...(options.signal && {signal: options.signal}),
  })
  report.layer(layer.diffID, 'new')
  const createdAt = new Date().toISOString()
  const image = await createImageFromLayer(store, {
    layer,
    config,
    createdAt,
    history: {
      created: createdAt,
      created_by: `/bin/sh -c #(nop) ADD file:${hexOf(layer.diffID)} in /`,
      comment: options.message ?? 'imported from tarball',
    },
    names,
    ...(options.os !== undefined && {os: options.os}),
    ...(options.architecture !== undefined && {architecture: options.architecture}),
    ...(options.variant !== undefined && {variant: options.variant}),
  })
  report.image(`sha256:${image.id}`)
  store.emit('import', image.id, names[0] ?? `sha256:${image.id}`)
  return image
}

async function openSource({source, signal}: ImportOptions): Promise<Readable> {
  if (typeof source === 'number') return createReadStream('', {fd: source, highWaterMark: 256 * 1024})
  if (/^https?:\/\//.test(source)) return download(source, signal)
  const file = createReadStream(source, {highWaterMark: 256 * 1024})
  await new Promise<void>((resolve, reject) => {
    file.once('open', () => resolve()).once('error', (error) => reject(missing(source, error)))
  })
  return file
}

async function download(url: string, signal: AbortSignal | undefined): Promise<Readable> {
  const response = await fetch(url, {...(signal && {signal})}).catch((cause: unknown) => {
    const reason = networkReason(cause instanceof Error && cause.cause ? cause.cause : cause)
    throw new EngineError('ERR_REFUSED', `downloading ${url}: Get ${JSON.stringify(url)}: ${reason}`, {cause})
  })
  if (!response.ok || !response.body)
    throw new EngineError(
      'ERR_REFUSED',
      `downloading ${url}: server answered ${response.status} ${response.statusText}`,
    )
  return Readable.fromWeb(response.body)
}

function missing(path: string, cause: unknown): unknown {
  if (!isErrno(cause, 'ENOENT')) return cause
  return new EngineError('ERR_REFUSED', `error opening "${path}": open ${path}: no such file or directory`, {cause})
}
