import {latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {renderTable} from '../src/cli/table.ts'
import {descriptorsOf, topDescriptors} from '../src/cli/top-descriptors.ts'
import {EngineError} from '../src/errors/index.ts'
import type {Container} from '../src/libpod/container.ts'
import type {Runtime} from '../src/libpod/runtime.ts'

export default class Top extends EngineCommand {
  static override summary = 'Display the running processes of a container'
  static override description = `Display the running processes of a container.

Columns are named by format descriptors; anything else is taken as options of ps(1), run in the container.

Format descriptors: ${topDescriptors.join(', ')}`
  static override usage = 'CONTAINER [FORMAT-DESCRIPTORS|ARGS...]'
  static override examples = [
    '<%= command.id %> ctrID',
    '<%= command.id %> ctrID pid seccomp args %C',
    '<%= command.id %> --latest',
    '<%= command.id %> ctrID -eo user,pid,comm',
  ]
  static override optionsEndAtFirstPositional = true
  static override strict = false
  static override flags = {
    latest,
    'list-descriptors': flags.bool({summary: 'List the columns that can be asked for', hidden: true}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Top)
    if (given['list-descriptors']) return this.print(topDescriptors.join('\n'))
    if (!given.latest && argv.length === 0)
      throw new EngineError('ERR_REFUSED', 'you must provide the name or id of a running container')
    const {containers} = await this.runtime()
    const container = given.latest ? containers.latest() : lookUp(containers, argv[0] ?? '')
    const {rows, lines} = await container.top(descriptorsOf(given.latest ? argv : argv.slice(1)))
    this.write(lines ? `${lines.join('\n')}\n` : renderTable(rows))
  }
}

function lookUp(containers: Runtime['containers'], name: string): Container {
  try {
    return containers.lookup(name)
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', `unable to look up requested container: ${(cause as Error).message}`, {cause})
  }
}
