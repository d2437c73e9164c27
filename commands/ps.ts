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
    all: flags.bool({char: 'a', summary: 'Show all the containers, default is only running containers'}),
    external: flags.bool({summary: 'Show containers in storage not controlled by Berth', aliases: ['storage']}),
    filter,
    format: flags.string({summary: 'Pretty-print containers to JSON or using a Go template'}),
    last: flags.int({char: 'n', summary: 'Print the n last created containers (all states)', default: -1}),
    latest,
    'no-trunc': flags.bool({summary: 'Display the extended information', aliases: ['notruncate']}),
    noheading: flags.bool({summary: 'Do not print headers'}),
    ns: flags.bool({summary: 'Display namespace information', aliases: ['namespace']}),
    pod: flags.bool({char: 'p', summary: 'Print the ID and name of the pod the containers are associated with'}),
    quiet: flags.bool({char: 'q', summary: 'Print the numeric IDs of the containers only'}),
    size: flags.bool({char: 's', summary: 'Display the total file sizes'}),
    sort: flags.choice({summary: `Sort output by: ${sortKeys.join(', ')}`, choices: sortKeys}),
    sync: flags.bool({summary: 'Sync container state with OCI runtime'}),
    watch: flags.uint({char: 'w', summary: 'Watch the ps output on an interval in seconds', default: 0}),
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
