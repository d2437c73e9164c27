import {createWriteStream, existsSync, lstatSync, mkdirSync} from 'node:fs'
import {resolve} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {tarTree} from '../../storage/index.ts'
import type {LayerStore} from '../../storage/layer-store.ts'
import {EngineError} from '../errors/index.ts'
import type {Image} from '../image/index.ts'
import {copyTree} from './copy/copy-tree.ts'

/** Where the files of a build's result go: a directory, a tar, or a tar on stdout. */
export type BuildOutput =
  | {readonly type: 'local'; readonly path: string}
  | {readonly type: 'tar'; readonly path: string}
  | {readonly type: 'stdout'}

/** `type=local|tar,dest=PATH`, a directory, or `-`. @throws ERR_REFUSED in buildah's words */
export function parseOutput(text: string): BuildOutput {
  if (text === '-') return {type: 'stdout'}
  if (!text.includes('=')) return {type: 'local', path: resolve(text)}
  const words = new Map(
    text.split(',').map((word) => {
      const equals = word.indexOf('=')
      if (equals < 0) throw refusal('invalid build output options: expected key=value', text)
      return [word.slice(0, equals), word.slice(equals + 1)] as const
    }),
  )
  const unknown = [...words.keys()].find((key) => !['type', 'dest'].includes(key))
  if (unknown !== undefined) throw refusal(`unrecognized key ${JSON.stringify(unknown)} in build output option`, text)
  const type = words.get('type')
  const dest = words.get('dest')
  if (type !== 'local' && type !== 'tar')
    throw refusal(`invalid type ${JSON.stringify(type ?? '')} selected for build output options`, text)
  if (dest === undefined || dest === '') throw refusal('missing required key "dest" in build output option', text)
  if (dest !== '-') return {type, path: resolve(dest)}
  if (type === 'local') throw refusal('only "type=tar" can write to standard output', text)
  return {type: 'stdout'}
}

function refusal(reason: string, text: string): EngineError {
  return new EngineError('ERR_REFUSED', `${reason}: ${JSON.stringify(text)}`)
}

/** Writes the image's files there. An image without layers has none. */
export async function writeOutput(layers: LayerStore, {topLayer}: Image, output: BuildOutput): Promise<void> {
  if (topLayer === undefined) return
  const root = await layers.mountLayer(topLayer)
  try {
    if (output.type === 'local') copyOut(root, output.path)
    else if (output.type === 'tar') await pipeline(tarTree(root), createWriteStream(output.path))
    else await pipeline(tarTree(root), process.stdout, {end: false})
  } finally {
    await layers.unmountLayer(topLayer)
  }
}

function copyOut(root: string, path: string): void {
  if (existsSync(path) && !lstatSync(path).isDirectory())
    throw new EngineError('ERR_REFUSED', `build output ${path} is not a directory`)
  mkdirSync(path, {recursive: true})
  copyTree(root, path, {includes: () => true})
}
