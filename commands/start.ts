import {detachKeys, filter, latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {checkSelection, selectContainers} from '../src/cli/selection.ts'
import {startAttached} from '../src/cli/start-attached.ts'
import {EngineError} from '../src/errors/index.ts'

export default class Start extends EngineCommand {
  static override summary = 'Start one or more containers'
  static override description = 'Starts containers that were created before or have ended.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = ['<%= command.id %> --interactive --attach imageID', '<%= command.id %> mywebserver db']
  static override strict = false
  static override flags = {
    all: flags.bool({summary: 'Start every container that is not running'}),
    attach: flags.bool({char: 'a', summary: 'Show what the container prints, and end with its exit code'}),
    'detach-keys': detachKeys,
    filter,
    interactive: flags.bool({char: 'i', summary: 'Connect stdin with the process'}),
    latest,
    'sig-proxy': flags.bool({
      summary: "Pass signals that this command receives on to the container's process (default with --attach)",
    }),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Start)
    this.#check(argv, given)
    const runtime = await this.runtime()
    const selection = {names: argv, all: given.all, latest: given.latest, filters: given.filter}
    const chosen = await selectContainers(runtime, selection, {
      onlyIf: ({state}) => ['configured', 'created', 'exited', 'stopped'].includes(state.status),
    })
    if (!given.attach && !given.interactive) {
      await this.forEachChosen(chosen, async (container, name) => {
        await started(container.start(), `"${container.id}"`)
        return name
      })
      return
    }
    for (const {container} of chosen) {
      const wanted = container()
      const attached = startAttached(wanted, {
        stdin: given.interactive,
        detachKeys: given['detach-keys'],
        signalProxy: this.changed('sig-proxy') ? given['sig-proxy'] : given.attach,
      })
      this.exitCode = await started(attached, wanted.id)
    }
  }

  #check(
    names: readonly string[],
    given: {
      all: boolean
      attach: boolean
      interactive: boolean
      latest: boolean
      'sig-proxy': boolean
      filter: readonly string[]
    },
  ): void {
    const nothing = names.length === 0 && !given.latest && !given.all && given.filter.length === 0
    if (nothing) refuse('start requires at least one argument')
    if (names.length > 1 && given.attach) refuse('you cannot start and attach multiple containers at once')
    if (given['sig-proxy'] && !given.attach) refuse('you cannot use sig-proxy without --attach')
    if (given.all && given.latest) refuse('--all and --latest cannot be used together')
    if (given.all && names.length > 0)
      refuse('either start all containers or the container(s) provided in the arguments')
    if (given.all && given.attach) refuse('you cannot start and attach all containers at once')
    checkSelection({names, all: given.all, latest: given.latest, filters: given.filter})
  }
}

/** Says of an engine's failure which container it was, as podman does for `start` alone. */
async function started<T>(start: Promise<T>, id: string): Promise<T> {
  try {
    return await start
  } catch (error) {
    if (error instanceof EngineError) error.message = `unable to start container ${id}: ${error.message}`
    throw error
  }
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
