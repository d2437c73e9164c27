import {all, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {selectContainers} from '../src/cli/selection.ts'
import {renderTable} from '../src/cli/table.ts'
import {EngineError} from '../src/errors/index.ts'

interface MountRow {
  readonly id: string
  readonly Names: readonly string[]
  readonly mountpoint: string
}

export default class Mount extends EngineCommand {
  static override summary = "Mount a working container's root filesystem"
  static override description =
    'Mounts the root file system of containers on the host and prints the place. Without a container, lists what is mounted.'
  static override usage = '[CONTAINER...]'
  static override examples = ['<%= command.id %> ctrID', '<%= command.id %> --all', '<%= command.id %> --format json']
  static override strict = false
  static override flags = {
    all: all('Mount every container'),
    format: flags.string({summary: 'Print what is mounted as json', suggests: ['json']}),
    latest,
    'no-trunc': flags.bool({summary: 'Show IDs in full', aliases: ['notruncate']}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Mount)
    if (given.format && given.format !== 'json')
      throw new EngineError('ERR_REFUSED', `unknown --format argument: "${given.format}"`)
    if (argv.length > 0 || given.all || given.latest) return this.#mount(argv, given)
    const rows = await this.#mounted()
    if (given.format === 'json') this.print(JSON.stringify(rows, null, 1))
    else this.write(renderTable(rows.map((row) => [given['no-trunc'] ? row.id : row.id.slice(0, 12), row.mountpoint])))
  }

  async #mount(names: readonly string[], given: {all: boolean; latest: boolean}): Promise<void> {
    const chosen = await selectContainers(await this.runtime(), {names, all: given.all, latest: given.latest})
    const several = given.all || names.length > 1
    await this.forEachChosen(chosen, async (container) => {
      const path = await container.mount()
      return several ? `${container.id.slice(0, 12)} ${path}` : path
    })
  }

  async #mounted(): Promise<MountRow[]> {
    const {containers} = await this.runtime()
    const rows: MountRow[] = []
    for (const container of containers.list()) {
      const mountpoint = await container.mountPoint()
      if (mountpoint) rows.push({id: container.id, Names: [container.name], mountpoint})
    }
    return rows
  }
}
