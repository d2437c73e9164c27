import {all, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import {matchingPorts, parseWantedPort} from '../src/cli/port-lines.ts'
import {EngineError} from '../src/errors/index.ts'

export default class Port extends EngineCommand {
  static override summary = 'List port mappings or a specific mapping for the container'
  static override description =
    'Shows which ports of the host lead into a container, all of them or those for one port of the container.'
  static override usage = 'CONTAINER [PORT]'
  static override examples = ['<%= command.id %> --all', '<%= command.id %> ctrID 80/tcp']
  static override strict = false
  static override flags = {all: all('Show the ports of every container'), latest}

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Port)
    if (given.latest && given.all) refuse('--all and --latest cannot be used together')
    if (given.all && argv.length > 0) refuse('no arguments are needed with --all')
    if (!given.all && !given.latest && argv.length === 0) refuse('you must supply a running container name or id')
    if (argv.length > 2) refuse('`port` accepts at most 2 arguments')
    const wanted = parseWantedPort(given.latest ? argv[0] : argv[1])
    const {containers} = await this.runtime()
    const chosen = given.all
      ? containers.list()
      : [given.latest ? containers.latest() : containers.lookup(argv[0] ?? '')]
    for (const container of chosen) {
      if ((await container.state()).status !== 'running') continue
      const published = containers.publishedPorts(container.id)
      const lines = matchingPorts(published, wanted)
      if (lines.length === 0 && wanted && published.length > 0) refuse(`failed to find published port "${wanted.text}"`)
      for (const line of lines) this.print(given.all ? `${container.id.slice(0, 12)}\t${line}` : line)
    }
  }
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
