import packageData from '../../../package.json' with {type: 'json'}
import type {Image} from '../../image/image.ts'
import type {ImageStore} from '../../image/image-store.ts'

const NAME = `localhost/berth-pause:${packageData.version}`

/**
 * The image of infra containers: catatonit alone, which does nothing but reap. Made on the spot when it is not there, so
 * that a pod needs no download.
 * @throws ERR_PROGRAM_MISSING
 */
export async function infraImage(images: ImageStore): Promise<Image> {
  return images.find(NAME) ?? (await import('./make-infra-image.ts')).makeInfraImage(images, NAME)
}
