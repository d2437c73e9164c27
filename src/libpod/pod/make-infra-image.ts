import {readFileSync} from 'node:fs'
import {Readable} from 'node:stream'
import {pack} from 'tar-stream'
import {EngineError} from '../../errors/index.ts'
import {findProgram} from '../../host/index.ts'
import type {Image} from '../../image/image.ts'
import type {ImageStore} from '../../image/image-store.ts'
import {createImageFromLayer} from '../../image/new-layer-image.ts'

const PLACES = ['/usr/libexec/podman/catatonit', '/usr/libexec/catatonit/catatonit', '/usr/bin/catatonit', 'catatonit']

/** An image of catatonit alone. @throws ERR_PROGRAM_MISSING */
export async function makeInfraImage(images: ImageStore, name: string): Promise<Image> {
  const program = findProgram(PLACES)
  if (!program) throw new EngineError('ERR_PROGRAM_MISSING', 'catatonit, which infra containers run,')
  await using hold = await images.holdLayers()
  await hold.addUnknown()
  const layer = await images.layers.apply({source: archiveOf(program)})
  const createdAt = new Date(0).toISOString()
  return createImageFromLayer(images, {
    layer,
    config: {Entrypoint: ['/catatonit', '-P']},
    history: {created: createdAt, created_by: `COPY ${program} /catatonit`},
    createdAt,
    names: [name],
  })
}

function archiveOf(program: string): Readable {
  const archive = pack()
  archive.entry({name: 'catatonit', mode: 0o755, mtime: new Date(0)}, readFileSync(program))
  archive.finalize()
  return Readable.from(archive)
}
