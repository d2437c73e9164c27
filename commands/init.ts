import {all, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import {selectContainers} from '../src/cli/selection.ts'

const initialisable: readonly string[] = ['configured', 'exited', 'stopped']

export default class Init extends EngineCommand {
  static override summary = 'Initialize one or more containers'
  static override description =
    'Makes a container in its runtime without starting it: mounts, network and the OCI config.json are there to look at.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = ['<%= command.id %> 3c45ef19d893', '<%= command.id %> test1']
  static override strict = false
  static override flags = {all: all('Prepare every container'), latest}

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Init)
    const chosen = await selectContainers(await this.runtime(), {
      names: argv,
      all: given.all,
      latest: given.latest,
    })
    await this.forEachChosen(chosen, async (container, name) => {
      // `--all` also names those whose state needs nothing.
      if (!given.all || initialisable.includes((await container.state()).status)) await container.init()
      return name
    })
  }
}
