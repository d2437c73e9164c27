import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {EngineError} from '../../src/errors/index.ts'
import {addressBits, canonicalAddress} from '../../src/network/index.ts'

export default class NetworkUpdate extends EngineCommand {
  static override summary = 'Update an existing network'
  static override description = 'Changes the name servers of a network, for containers that run too.'
  static override usage = 'NETWORK'
  static override examples = ['<%= command.id %> --dns-add 8.8.8.8,1.1.1.1 lab']
  static override args = {network: flags.arg({required: true})}
  static override flags = {
    'dns-add': flags.list({summary: 'DNS server to add, by address (repeatable)'}),
    'dns-drop': flags.list({summary: 'DNS server to take away, by address (repeatable)'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(NetworkUpdate)
    const {networks} = await this.runtime()
    const record = networks.store.lookup(args.network ?? '')
    if (!record.dns_enabled)
      throw new EngineError('ERR_REFUSED', `cannot set DNS servers: DNS is disabled on network ${record.name}`)
    const dropped = new Set(addresses(given['dns-drop'], 'RemoveDNSServer'))
    const added = addresses(given['dns-add'], 'AddDNSServer')
    const kept = (record.network_dns_servers ?? []).filter((server) => !dropped.has(server) && !added.includes(server))
    await networks.updateDNS(record, [...kept, ...new Set(added)])
    this.print(record.name)
  }
}

function addresses(texts: readonly string[], option: string): readonly string[] {
  return texts.map((text) => {
    if (addressBits(text)) return canonicalAddress(text)
    throw new EngineError('ERR_INVALID_ARG', `unable to parse ip ${text} specified in ${option}`)
  })
}
