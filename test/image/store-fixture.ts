import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {buffer} from 'node:stream/consumers'
import {pack} from 'tar-stream'
import {type Image, type ImageEvent, type ImageStore, openImageStore} from '../../src/image/index.ts'
import {createImageFromLayer} from '../../src/image/new-layer-image.ts'
import type {ImageRunConfig} from '../../src/oci/types/image-spec.ts'
import {openLayerStore} from '../../storage/index.ts'

export interface StoreFixture extends AsyncDisposable {
  readonly path: string
  readonly images: ImageStore
  readonly events: ImageEvent[]
  /** Another process's view: opened anew on the same directories. */
  reopen(): Promise<ImageStore>
}

/** An image store over a real vfs layer store in a directory of its own. */
export async function openStore(): Promise<StoreFixture> {
  const path = mkdtempSync(join(tmpdir(), 'berth-image-'))
  const events: ImageEvent[] = []
  const reopen = async () =>
    openImageStore({
      root: path,
      layers: await openLayerStore({root: join(path, 'storage'), runRoot: join(path, 'run'), driver: 'vfs'}),
      onEvent: (event) => events.push(event),
    })
  return {
    path,
    images: await reopen(),
    events,
    reopen,
    async [Symbol.asyncDispose]() {
      rmSync(path, {recursive: true, force: true})
    },
  }
}

/** A tar with these files. */
export async function makeTar(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = pack()
  for (const [name, content] of Object.entries(files)) archive.entry({name, mtime: new Date(0)}, content)
  archive.finalize()
  return buffer(archive)
}

export interface MakeOptions {
  readonly base?: Image
  readonly names?: readonly string[]
  readonly config?: ImageRunConfig
  readonly createdAt?: string
  readonly createdBy?: string
}

/** An image with one layer more than its base, or (without files) only another configuration. */
export async function makeImage(
  store: ImageStore,
  files: Readonly<Record<string, string>> | undefined,
  options: MakeOptions = {},
): Promise<Image> {
  const {base, names = [], config = {}, createdAt = '2026-01-02T03:04:05.6Z'} = options
  const layer =
    files &&
    (await store.layers.apply({
      source: Readable.from(await makeTar(files)),
      ...(base?.topLayer !== undefined && {parent: base.topLayer}),
    }))
  return createImageFromLayer(store, {
    ...(base && {base}),
    ...(layer && {layer}),
    config,
    createdAt,
    names,
    history: {created: createdAt, created_by: options.createdBy ?? `make ${Object.keys(files ?? {}).join(' ')}`},
  })
}

/** Writes files below a directory of the fixture. */
export function writeFiles(directory: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(directory, name, '..'), {recursive: true})
    writeFileSync(join(directory, name), content)
  }
  return directory
}

export const noUsers = {containersOf: async () => [], removeContainer: async () => {}}
