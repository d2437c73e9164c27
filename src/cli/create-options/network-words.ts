import {isIP} from 'node:net'
import {EngineError} from '../../errors/index.ts'
import {type NetworkRequest, refuse} from '../../specgen/index.ts'

export type Attachment = NonNullable<NetworkRequest['attachments']>[number]

export function attachment(network: string): Attachment {
  return {network, staticIPs: [], aliases: [], options: {}}
}

/** `NAME[:OPTION,…]` of `--network`, the first also `NAME,NAME…`; `bridge` is the default network. @throws ERR_REFUSED */
export function bridgesOf(word: string, isFirst: boolean): readonly Attachment[] {
  const colon = word.indexOf(':')
  if (colon < 0) return (isFirst ? word.split(',') : [word]).map((name) => attachment(name === 'bridge' ? '' : name))
  const name = word.slice(0, colon)
  if (name === '') refuse('network name cannot be empty')
  try {
    return [withOptions(name === 'bridge' ? '' : name, word.slice(colon + 1))]
  } catch (cause) {
    if (name === 'bridge' || !(cause instanceof EngineError)) throw cause
    throw new EngineError('ERR_REFUSED', `invalid option for network ${name}: ${cause.message}`, {cause})
  }
}

export function macAddress(text: string): string {
  const known = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text)
  return known ? text.toLowerCase().replaceAll('-', ':') : refuse(`address ${text}: invalid MAC address`)
}

/** Options for the driver are refused: netavark passes over what it does not know. */
function withOptions(network: string, text: string): Attachment {
  const result = {...attachment(network)} as {-readonly [K in keyof Attachment]: Attachment[K]}
  for (const option of text.split(',').filter((field) => field !== '')) {
    const [key = '', value = ''] = option.split(/=(.*)/s)
    if (key === 'alias') result.aliases = [...result.aliases, value || refuse('alias cannot be empty')]
    else if (key === 'ip' || key === 'ip6') result.staticIPs = [...result.staticIPs, anyAddress(value)]
    else if (key === 'mac') result.staticMAC = macAddress(value)
    else if (key === 'interface_name') result.interfaceName = value || refuse('interface_name cannot be empty')
    else refuse(`unknown bridge network option: ${key}`)
  }
  return result
}

function anyAddress(text: string): string {
  return isIP(text) > 0 ? text : refuse(`invalid ip address ${JSON.stringify(text)}`)
}
