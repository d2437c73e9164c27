import {macAddress} from '../../src/cli/create-options/network-words.ts'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'

export default class NetworkConnect extends EngineCommand {
  static override summary = 'Add container to a network'
  static override description = 'Connects a container to a further network, while it runs too.'
  static override usage = 'NETWORK CONTAINER'
  static override examples = ['<%= command.id %> web secondary', '<%= command.id %> --alias web1 web secondary']
  static override args = {network: flags.arg({required: true}), container: flags.arg({required: true})}
  static override flags = {
    alias: flags.list({summary: 'Name under which others on the network find the container (repeatable)'}),
    ip: flags.ip({summary: 'IPv4 address of the container on this network'}),
    ip6: flags.ip({summary: 'IPv6 address of the container on this network'}),
    'mac-address': flags.string({summary: 'MAC address of the container on this network'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(NetworkConnect)
    const staticMAC = given['mac-address'] === undefined ? undefined : macAddress(given['mac-address'])
    const runtime = await this.runtime()
    const container = runtime.containers.lookup(args.container ?? '')
    await container.connectNetwork(args.network ?? '', {
      aliases: given.alias,
      staticIPs: [given.ip, given.ip6].flatMap((address) => address ?? []),
      staticMAC,
    })
  }
}
