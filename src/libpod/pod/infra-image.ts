import {readFileSync} from 'node:fs'
import {Readable} from 'node:stream'
import {pack} from 'tar-stream'
import packageData from '../../../package.json' with {type: 'json'}
import {EngineError} from '../../errors/index.ts'
import {findProgram} from '../../host/index.ts'
import {createImageFromLayer, type Image, type ImageStore} from '../../image/index.ts'

const NAME = `localhost/berth-pause:${packageData.version}`
const PLACES = ['/usr/libexec/podman/catatonit', '/usr/libexec/catatonit/catatonit', '/usr/bin/catatonit', 'catatonit']

/**
 * The image of infra containers: catatonit alone, which does nothing but reap. Made on the spot when it is not there, so
 * that a pod needs no download.
 * @throws ERR_PROGRAM_MISSING
 */
export async function infraImage(images: ImageStore): Promise<Image> {
  return images.find(NAME) ?? (await makeImage(images))
}

async function makeImage(images: ImageStore): Promise<Image> {
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
    names: [NAME],
  })
}

function archiveOf(program: string): Readable {
  const archive = pack()
  archive.entry({name: 'catatonit', mode: 0o755, mtime: new Date(0)}, readFileSync(program))
  archive.finalize()
  return Readable.from(archive)
}
