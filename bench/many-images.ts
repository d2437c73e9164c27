import {createHash} from 'node:crypto'
import {createWriteStream, rmSync} from 'node:fs'
import {join} from 'node:path'
import {buffer} from 'node:stream/consumers'
import {finished} from 'node:stream/promises'
import {type Pack, pack} from 'tar-stream'
import {requireSuccess} from '../test/helpers/command.ts'
import type {TestEngine} from '../test/helpers/engine.ts'

const LAYERS = 20
/** Four thousand layers, on a machine that may do other things. */
const LONGEST_LOAD_MS = 1_200_000

/** Brings the engine to `count` images of 20 layers of their own each; those that are there already stay. */
export async function loadManyImages(engine: TestEngine, count: number): Promise<void> {
  const archive = join(engine.directory, 'many.tar')
  await writeArchive(archive, count)
  requireSuccess(await engine.run(['load', '-q', '-i', archive], {timeoutMs: LONGEST_LOAD_MS}))
  rmSync(archive)
}

/** A docker-archive with all of them. */
async function writeArchive(path: string, count: number): Promise<void> {
  const tar = pack()
  const written = finished(tar.pipe(createWriteStream(path)))
  const manifest: object[] = []
  for (let index = 0; index < count; index++) manifest.push(await addImage(tar, index))
  await add(tar, 'manifest.json', JSON.stringify(manifest))
  tar.finalize()
  await written
}

async function addImage(tar: Pack, index: number): Promise<object> {
  const layers: string[] = []
  const diffIDs: string[] = []
  for (let layer = 0; layer < LAYERS; layer++) {
    const bytes = await layerOf(`image-${index}/layer-${layer}`)
    const digest = createHash('sha256').update(bytes).digest('hex')
    layers.push(`${digest}/layer.tar`)
    diffIDs.push(`sha256:${digest}`)
    await add(tar, `${digest}/layer.tar`, bytes)
  }
  const config = JSON.stringify({
    ...{architecture: process.arch === 'arm64' ? 'arm64' : 'amd64', os: 'linux', config: {Cmd: ['true']}},
    rootfs: {type: 'layers', diff_ids: diffIDs},
  })
  const name = `${createHash('sha256').update(config).digest('hex')}.json`
  await add(tar, name, config)
  return {Config: name, RepoTags: [`localhost/many-${index}:latest`], Layers: layers}
}

/** A layer with one small file. */
async function layerOf(path: string): Promise<Buffer> {
  const tar = pack()
  tar.entry({name: path}, path)
  tar.finalize()
  return buffer(tar)
}

function add(tar: Pack, name: string, content: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry({name}, content, (error) => (error ? reject(error) : resolve()))
  })
}
