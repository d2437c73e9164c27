import {all, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {selectContainers} from '../src/cli/selection.ts'

export default class Unmount extends EngineCommand {
  static override summary = "Unmounts working container's root filesystem"
  static override description =
    'Takes back one mount that `mount` has made.\n\nThe root file system is really unmounted with the last one, when the container does not run either; --force takes all of them back.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = [
    '<%= command.id %> ctrID',
    '<%= command.id %> ctrID1 ctrID2 ctrID3',
    '<%= command.id %> --all',
  ]
  static override aliases = ['umount']
  static override strict = false
  static override flags = {
    all: all('Unmount every container that is mounted'),
    force: flags.bool({char: 'f', summary: 'Unmount it at once, however often it was mounted'}),
    latest,
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Unmount)
    const chosen = await selectContainers(await this.runtime(), {names: argv, all: given.all, latest: given.latest})
    await this.forEachChosen(chosen, async (container, name) => {
      if (given.all && (await container.mountPoint()) === undefined) return undefined
      await container.unmount({force: given.force})
      return name
    })
  }
}
