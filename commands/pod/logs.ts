import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {logFlags, showLogs} from '../../src/cli/logs/show-logs.ts'
import {podSelectionFlags} from '../../src/cli/pod/selection.ts'
import {EngineError} from '../../src/errors/index.ts'
import type {Container} from '../../src/libpod/container.ts'
import type {Pod} from '../../src/libpod/pod/index.ts'

export default class PodLogs extends EngineCommand {
  static override summary = 'Fetch logs for pod with one or more containers'
  static override description = 'Prints the logs of all containers in the pod, each line with the container it is from.'
  static override usage = 'POD'
  static override examples = [
    '<%= command.id %> podID',
    '<%= command.id %> -c ctrname podName',
    '<%= command.id %> --tail 2 mywebserver',
    '<%= command.id %> --follow=true --since 10m podID',
  ]
  static override args = {pod: flags.arg()}
  static override flags = {
    ...logFlags,
    container: flags.string({char: 'c', summary: "Show the log of this container only, one of the pod's"}),
    latest: podSelectionFlags.latest,
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(PodLogs)
    if (given.latest && args.pod !== undefined) refuse('--latest and pods cannot be used together')
    if (!given.latest && args.pod === undefined) refuse('specify at least one pod name or ID to log')
    const {pods, containers} = await this.runtime()
    const pod = given.latest ? pods.latest() : pods.lookup(args.pod ?? '')
    const ids = given.container === undefined ? pod.members().map(({id}) => id) : [memberOf(pod, given.container)]
    await showLogs(
      ids.map((id): Container => containers.get(id)),
      given,
    )
  }
}

function memberOf(pod: Pod, nameOrID: string): string {
  const found = pod.members().find(({id, name}) => name === nameOrID || id.startsWith(nameOrID))
  if (found) return found.id
  throw new EngineError('ERR_NO_SUCH_CTR', `container ${nameOrID} is not in pod ${pod.name}`)
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
