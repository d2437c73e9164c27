import {unpackTree} from '../../../../storage/index.ts'
import {resolveUser} from '../../../oci/spec/index.ts'
import type {CopyIntoOptions} from '../../define/verb-options.ts'
import type {Engine} from '../../engine.ts'
import {idMapsOf} from '../user-namespace.ts'
import {withFileTree} from './file-tree.ts'

/** @throws ERR_ARCHIVE_INVALID, ERR_LAYER_ENTRY, ERR_LAYER_ESCAPE, ERR_REFUSED for a directory in the way */
export async function copyInto(engine: Engine, id: string, path: string, options: CopyIntoOptions): Promise<void> {
  const {archive, chown, noOverwriteDirNonDir = true} = options
  const config = engine.state.config(id)
  const owner = chown === 'user' ? await containerUser(engine, id) : chown
  await withFileTree(engine, id, path, (tree) =>
    unpackTree({source: archive, ...tree, chown: owner, idMaps: idMapsOf(config), noOverwriteDirNonDir}),
  )
  engine.events.container('copy', config)
}

/** Whom the container's process runs as. */
function containerUser(engine: Engine, id: string): Promise<{readonly uid: number; readonly gid: number}> {
  const {user} = engine.state.config(id).process
  return withFileTree(engine, id, '/', async ({root}) => {
    const {uid, gid} = resolveUser(root, user)
    return {uid, gid}
  })
}
