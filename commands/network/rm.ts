import {EngineCommand} from '../../src/cli/engine-command.ts'
import {codeWhenRemoving} from '../../src/cli/exit-codes.ts'
import * as flags from '../../src/cli/flags.ts'
import {networkUsers} from '../../src/cli/network-users.ts'
import {EngineError, hasCode} from '../../src/errors/index.ts'
import type {Runtime} from '../../src/libpod/runtime.ts'

export default class NetworkRm extends EngineCommand {
  static override summary = 'Remove networks'
  static override description = 'Deletes networks; with --force also their containers.'
  static override usage = 'NETWORK [NETWORK...]'
  static override examples = ['<%= command.id %> net1', '<%= command.id %> --force net1 net2']
  static override aliases = ['remove']
  static override args = {network: flags.arg({required: true, multiple: true})}
  static override flags = {
    force: flags.bool({char: 'f', summary: 'Remove the containers that use the network as well'}),
    time: flags.int({
      char: 't',
      summary: 'Seconds that a container has to stop before it is killed; with --force',
    }),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(NetworkRm)
    if (this.changed('time') && !given.force)
      throw new EngineError('ERR_REFUSED', '--force option must be specified to use the --time option')
    const runtime = await this.runtime()
    for (const name of argv as string[])
      try {
        await removeNetwork(runtime, name, given.force, given.time)
        this.print(name)
      } catch (error) {
        if (!given.force || !hasCode(error, 'ERR_NO_SUCH_NETWORK')) this.report(error, codeWhenRemoving(error))
      }
  }
}

async function removeNetwork(
  runtime: Runtime,
  nameOrID: string,
  force: boolean,
  timeoutSeconds: number | undefined,
): Promise<void> {
  const {store} = runtime.networks
  const {name, id} = store.lookup(nameOrID)
  const users = networkUsers(runtime).get(name) ?? []
  if (users.length > 0 && !force)
    throw new EngineError(
      'ERR_NETWORK_IN_USE',
      `"${name}" has associated containers with it. Use -f to forcibly delete containers and pods`,
    )
  for (const user of users) await removeUser(runtime, user, timeoutSeconds)
  await runtime.networks.remove(name)
  runtime.events.write({Type: 'network', Status: 'remove', Name: name, ID: id})
}

/** An infra container goes with its pod. */
async function removeUser(runtime: Runtime, id: string, timeoutSeconds: number | undefined): Promise<void> {
  const pod = runtime.pods.list().find(({config}) => config.infraID === id)
  if (pod) await pod.remove({force: true, timeoutSeconds})
  else await runtime.containers.get(id).remove({force: true, timeoutSeconds})
}
