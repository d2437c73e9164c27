import {detachKeys, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {attachTo} from '../src/cli/start-attached.ts'
import {EngineError} from '../src/errors/index.ts'

export default class Attach extends EngineCommand {
  static override summary = 'Attach to a running container'
  static override description =
    'Joins the terminal to the first process of a container that runs: its output appears here, and what is typed reaches it. The detach keys leave it running.'
  static override usage = 'CONTAINER'
  static override examples = [
    '<%= command.id %> ctrID',
    '<%= command.id %> 1234',
    '<%= command.id %> --no-stdin foobar',
  ]
  static override strict = false
  static override flags = {
    'detach-keys': detachKeys,
    latest,
    'no-stdin': flags.bool({summary: 'Do not connect stdin with the container'}),
    'sig-proxy': flags.bool({
      summary: "Pass signals that this command receives on to the container's process",
      default: true,
    }),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Attach)
    if (argv.length > 1 || (given.latest && argv.length > 0))
      refuse('attach requires the name or id of one running container or the latest flag')
    if (argv.length === 0 && !given.latest)
      refuse(`"berth ${this.path.join(' ')}" requires a name, id, or the "--latest" flag`)
    const {containers} = await this.runtime()
    const container = given.latest ? containers.latest() : containers.lookup(argv[0] ?? '')
    if ((await container.state()).status !== 'running') refuse('you can only attach to running containers')
    await attachTo(container, {
      stdin: !given['no-stdin'],
      detachKeys: given['detach-keys'],
      signalProxy: given['sig-proxy'],
    })
  }
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
