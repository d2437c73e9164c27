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
    'disable-dns': flags.bool({summary: 'Do not resolve names of containers on this network'}),
    dns: flags.list({summary: 'DNS server for names from outside the network (repeatable)'}),
    driver: flags.string({
      char: 'd',
      summary: 'Kind of network: bridge, macvlan or ipvlan',
      default: 'bridge',
      suggests: ['bridge', 'macvlan', 'ipvlan'],
    }),
    gateway: flags.ipList({summary: "The subnet's gateway address; several match --subnet in order"}),
    ignore: flags.bool({summary: 'Keep a network that already has this name, without an error'}),
    'interface-name': flags.string({
      summary: 'Interface of the host: the bridge, or the parent of a macvlan or ipvlan network',
    }),
    internal: flags.bool({summary: 'Keep the network from reaching outside the host'}),
    'ip-range': flags.array({
      summary: 'Part of the subnet for containers, as CIDR or FIRST-LAST; several match --subnet in order',
    }),
    'ipam-driver': flags.string({
      summary: 'Who gives out addresses: host-local, dhcp or none',
      suggests: ['host-local', 'dhcp', 'none'],
    }),
    ipv6: flags.bool({summary: 'Give the network IPv6 addresses as well'}),
    label: flags.array({summary: 'Label for the network, as KEY=VALUE (repeatable)'}),
    macvlan: flags.string({summary: 'Make a macvlan network on this interface of the host', hidden: true}),
    opt: flags.array({char: 'o', summary: 'Setting for the driver, as KEY=VALUE (repeatable)'}),
    route: flags.array({summary: 'Static route, as DESTINATION,GATEWAY[,METRIC] (repeatable)'}),
    subnet: flags.array({summary: 'Subnet of the network, as CIDR (repeatable)'}),
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
