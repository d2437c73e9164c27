import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {podSelectionFlags} from '../../src/cli/pod/selection.ts'
import {renderTable} from '../../src/cli/table.ts'
import {topDescriptors} from '../../src/cli/top-descriptors.ts'
import {EngineError} from '../../src/errors/index.ts'
import type {Container} from '../../src/libpod/container.ts'
import type {Pod} from '../../src/libpod/pod/index.ts'
import type {Runtime} from '../../src/libpod/runtime.ts'

export default class PodTop extends EngineCommand {
  static override summary = 'Display the running processes of containers in a pod'
  static override description = `Display the running processes of all containers in the pod.

Columns are named by format descriptors.

Format descriptors: ${topDescriptors.join(', ')}`
  static override usage = 'POD [FORMAT-DESCRIPTORS|ARGS...]'
  static override examples = [
    '<%= command.id %> podID',
    '<%= command.id %> --latest',
    '<%= command.id %> podID pid seccomp args %C',
  ]
  static override optionsEndAtFirstPositional = true
  static override strict = false
  static override flags = {
    latest: podSelectionFlags.latest,
    'list-descriptors': flags.bool({summary: 'List the columns that can be asked for', hidden: true}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(PodTop)
    if (given['list-descriptors']) return this.print(topDescriptors.join('\n'))
    if (!given.latest && argv.length === 0)
      throw new EngineError('ERR_REFUSED', 'you must provide the name or id of a running pod')
    const runtime = await this.runtime()
    const pod = lookUp(runtime, given.latest ? undefined : argv[0])
    const words = (given.latest ? argv : argv.slice(1)) as string[]
    const running = pod.members().filter(({status}) => status === 'running')
    // podman says nothing of a pod in which nothing runs, whatever was asked for.
    if (running.length === 0) return
    this.write(renderTable(await processesOf(runtime, running, knownDescriptors(words))))
  }
}

function lookUp({pods}: Runtime, name: string | undefined): Pod {
  try {
    return name === undefined ? pods.latest() : pods.lookup(name)
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', `unable to look up requested container: ${(cause as Error).message}`, {cause})
  }
}

/** @throws ERR_REFUSED: ps(1) speaks of one container */
function knownDescriptors(words: readonly string[]): readonly string[] {
  const known = new Set<string>(topDescriptors)
  const descriptors = words.flatMap((word) => word.split(','))
  const unknown = descriptors.find((word) => !known.has(word) && !word.startsWith('%'))
  if (unknown !== undefined) throw new EngineError('ERR_REFUSED', `'${unknown}': unknown descriptor`)
  return descriptors
}

/** One table of all that run: the headings of the first. */
async function processesOf(
  {containers}: Runtime,
  running: readonly {readonly id: string}[],
  descriptors: readonly string[],
) {
  const chosen = onePerNamespace(running.map(({id}) => containers.get(id)))
  const tables = await Promise.all(chosen.map((container) => container.top(descriptors)))
  return tables.flatMap(({rows}, index) => (index === 0 ? rows : rows.slice(1)))
}

/** Those that see the same processes tell of them once; who has the pod's namespace is asked rather than the infra container. */
function onePerNamespace(running: readonly Container[]): readonly Container[] {
  const byNamespace = new Map<string, Container>()
  for (const container of running) {
    const {pid} = container.config.namespaces
    byNamespace.set(pid.mode === 'container' ? pid.container : container.id, container)
  }
  return [...byNamespace.values()]
}
