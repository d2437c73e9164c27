import {rm} from 'node:fs/promises'
import {confirm} from '../../src/cli/confirm.ts'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {mountPointsBelow, unmount} from '../../src/host/index.ts'
import type {Runtime} from '../../src/libpod/runtime.ts'

export default class SystemReset extends EngineCommand {
  static override summary = 'Reset berth storage'
  static override description =
    'Deletes everything that the engine has, after asking: containers, pods, images, networks, volumes, secrets.'
  static override examples = ['<%= command.id %>', '<%= command.id %> --force']
  static override flags = {
    force: flags.bool({char: 'f', summary: 'Do not ask before removing everything'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(SystemReset)
    const {root, runRoot} = await this.engineConfig()
    if (!given.force && !(await confirm(warning(root, runRoot)))) return
    await removeContainers(await this.runtime())
    for (const directory of [root, runRoot]) {
      for (const point of mountPointsBelow(directory)) unmount(point)
      await rm(directory, {recursive: true, force: true})
    }
  }
}

/** Dependents first: a container that others need is tried again when they are gone. */
async function removeContainers({containers}: Runtime): Promise<void> {
  for (const container of containers.list())
    if (containers.exists(container.id))
      await container.remove({force: true, depend: true, volumes: true, timeoutSeconds: 0})
}

function warning(root: string, runRoot: string): string {
  return `WARNING! This will remove:
        - all containers
        - all images
        - all networks
        - all volumes
        - the directory ${root}
        - the directory ${runRoot}`
}
