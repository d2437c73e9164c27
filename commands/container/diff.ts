import {latest} from '../../src/cli/container-flags.ts'
import {diffText} from '../../src/cli/diff-text.ts'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {EngineError} from '../../src/errors/index.ts'

export default class ContainerDiff extends EngineCommand {
  static override summary = "Inspect changes to the container's file systems"
  static override description = 'Lists what a container has added (A), changed (C) and deleted (D) since its image.'
  static override usage = 'CONTAINER'
  static override examples = ['<%= command.id %> myCtr', '<%= command.id %> -l --format json myCtr']
  static override args = {container: flags.arg()}
  static override flags = {
    format: flags.string({summary: 'Print as json', suggests: ['json']}),
    latest,
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(ContainerDiff)
    if (given.latest && args.container !== undefined) refuse('--latest and containers cannot be used together')
    if (!given.latest && args.container === undefined)
      refuse('"berth container diff" requires a name, id, or the "--latest" flag')
    const {containers} = await this.runtime()
    if (args.container === '') refuse(`${args.container} not found: container not known`)
    const container = given.latest ? containers.latest() : containers.lookup(args.container ?? '')
    this.write(diffText(await container.diff(), given.format))
  }
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
