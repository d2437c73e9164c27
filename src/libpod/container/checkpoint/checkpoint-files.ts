import {join} from 'node:path'
import type {Engine} from '../../engine.ts'

/** What an archive of a checkpoint holds, by podman's names: tools that read its archives read ours. */
export const archiveNames = {
  config: 'config.dump',
  spec: 'spec.dump',
  networkStatus: 'network.status',
  images: 'checkpoint',
  /** Memory that was put aside before the checkpoint itself. */
  preImages: 'pre-checkpoint',
  shm: 'devshm-checkpoint.tar',
  rootfsDiff: 'rootfs-diff.tar',
  deletedFiles: 'deleted.files',
  volumes: 'volumes',
  log: 'ctr.log',
  statistics: 'stats-dump',
} as const

/** Where a container's checkpoint lies. */
export class CheckpointFiles {
  readonly directory: string

  constructor({state}: Pick<Engine, 'state'>, id: string) {
    this.directory = join(state.layout.userData(id), 'checkpointed')
  }

  path(part: keyof typeof archiveNames): string {
    return join(this.directory, archiveNames[part])
  }
}
