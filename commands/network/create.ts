import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {parseLabels} from '../../src/cli/labels.ts'
import {pairSubnets} from '../../src/cli/network-subnets.ts'
import {hasCode} from '../../src/errors/index.ts'

export default class NetworkCreate extends EngineCommand {
  static override summary = 'Create a network'
  static override description =
    'Makes a network. Subnet and gateway are chosen where none are given; containers on it find each other by name.'
  static override usage = '[NAME]'
  static override examples = [
    '<%= command.id %> podman1',
    '<%= command.id %> --subnet 192.168.33.0/24 --gateway 192.168.33.1 lab',
    '<%= command.id %> --internal --ipv6 lab',
  ]
  static override args = {name: flags.arg()}
  static override flags = {
    'disable-dns': flags.bool({summary: 'Disable DNS plugin'}),
    dns: flags.list({summary: 'DNS servers this network will use'}),
    driver: flags.string({
      char: 'd',
      summary: 'Driver to manage the network',
      default: 'bridge',
      suggests: ['bridge', 'macvlan', 'ipvlan'],
    }),
    gateway: flags.ipList({summary: 'IPv4 or IPv6 gateway for the subnet'}),
    ignore: flags.bool({summary: "Don't fail if network already exists"}),
    'interface-name': flags.string({summary: 'interface name which is used by the driver'}),
    internal: flags.bool({summary: 'Restrict external access from this network'}),
    'ip-range': flags.array({summary: 'Allocate container IP from range'}),
    'ipam-driver': flags.string({summary: 'IP Address Management Driver', suggests: ['host-local', 'dhcp', 'none']}),
    ipv6: flags.bool({summary: 'Enable IPv6 networking'}),
    label: flags.array({summary: 'Set metadata on a network'}),
    macvlan: flags.string({summary: 'Create a macvlan connection based on this device', hidden: true}),
    opt: flags.array({char: 'o', summary: 'Set driver specific options'}),
    route: flags.array({summary: 'Add static routes'}),
    subnet: flags.array({summary: 'Subnets in CIDR format'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(NetworkCreate)
    const {networks, events} = await this.runtime()
    try {
      const record = await networks.create({
        ...{name: args.name || undefined, ipv6: given.ipv6, internal: given.internal, disableDNS: given['disable-dns']},
        driver: given.macvlan ? 'macvlan' : given.driver || undefined,
        interfaceName: given.macvlan ?? given['interface-name'],
        subnets: pairSubnets(given.subnet, given.gateway, given['ip-range']),
        dnsServers: given.dns,
        labels: parseLabels(given.label, 'failed to parse labels'),
        options: parseLabels(given.opt, 'unable to parse options'),
        ipamDriver: given['ipam-driver'],
        routes: given.route,
      })
      events.write({Type: 'network', Status: 'create', Name: record.name, ID: record.id, Network: record.driver})
      this.print(record.name)
    } catch (error) {
      if (!given.ignore || !args.name || !hasCode(error, 'ERR_NETWORK_EXISTS')) throw error
      this.print(args.name)
    }
  }
}
