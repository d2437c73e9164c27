import {setTimeout} from 'node:timers/promises'
import {filter, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {listContainers} from '../src/cli/ps/list-containers.ts'
import {checkPsOptions} from '../src/cli/ps/ps-options.ts'
import {psText} from '../src/cli/ps/ps-text.ts'
import {sortKeys} from '../src/cli/ps/sort-rows.ts'

export default class Ps extends EngineCommand {
  static override summary = 'List containers'
  static override description = 'Lists the containers that run, or all of them with --all.'
  static override examples = [
    '<%= command.id %> -a',
    '<%= command.id %> -a --format "{{.ID}}  {{.Image}}  {{.Labels}}  {{.Mounts}}"',
    '<%= command.id %> --size --sort names',
  ]
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Show every container, not only running ones'}),
    external: flags.bool({summary: 'Also show layers in storage that no container has', aliases: ['storage']}),
    filter,
    format: flags.string({summary: 'Print as json, or by a Go template'}),
    last: flags.int({char: 'n', summary: 'Show only this many of the newest containers, running or not', default: -1}),
    latest,
    'no-trunc': flags.bool({summary: 'Show IDs and commands in full', aliases: ['notruncate']}),
    noheading: flags.bool({summary: 'Leave out the headings'}),
    ns: flags.bool({summary: 'Show the namespaces of each container instead', aliases: ['namespace']}),
    pod: flags.bool({char: 'p', summary: "Add columns with the pod's ID and name"}),
    quiet: flags.bool({char: 'q', summary: 'Print IDs only'}),
    size: flags.bool({char: 's', summary: "Add a column with the sizes of the containers' files"}),
    sort: flags.choice({summary: `Order of the rows: ${sortKeys.join(', ')}`, choices: sortKeys}),
    sync: flags.bool({summary: 'Accepted for compatibility; has no effect'}),
    watch: flags.uint({
      char: 'w',
      summary: 'Show the list again and again, with this many seconds in between',
      default: 0,
    }),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(Ps)
    checkPsOptions(given)
    const runtime = await this.runtime()
    const show = async () => this.write(psText(await listContainers(runtime, given), given))
    await show()
    while (given.watch > 0) {
      await setTimeout(given.watch * 1000)
      if (process.stdout.isTTY) this.write(CLEAR_SCREEN)
      await show()
    }
  }
}

/** Cursor home, clear to the end. */
const CLEAR_SCREEN = '\u001b[H\u001b[2J'
