import {randomBytes} from 'node:crypto'
import type {LayerRecord} from '../../storage/layer-store.ts'
import type {BuildContext} from './build-context.ts'
import {overwriteTimes} from './file-times.ts'
import type {StageState} from './stage-state.ts'

/** Changes files in a writable layer on top of the stage's image, which becomes a layer. */
export async function changeFiles(
  {request, services: {layers}}: BuildContext,
  state: StageState,
  change: (rootfs: string) => unknown,
): Promise<LayerRecord> {
  const id = `build-${randomBytes(16).toString('hex')}`
  await layers.createContainerLayer(id, state.image?.topLayer)
  try {
    const rootfs = await layers.mountContainerLayer(id)
    await change(rootfs)
    await layers.unmountContainerLayer(id, {force: true})
    await overwriteTimes(layers, id, request)
    return await layers.commitContainerLayer(id)
  } finally {
    await layers.removeContainerLayer(id)
  }
}
