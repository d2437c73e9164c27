import {expect, it} from 'vitest'
import {portsText} from '../../src/cli/ps/ports-text.ts'

const port = (hostPort: number, containerPort: number, range = 1, hostIP = '', protocol: 'tcp' | 'udp' = 'tcp') => ({
  ...{hostIP, hostPort, containerPort, range, protocol},
})

it.each([
  [[], [], ''],
  [[port(8080, 80)], [], '0.0.0.0:8080->80/tcp'],
  [[port(8080, 80, 1, '127.0.0.1')], [], '127.0.0.1:8080->80/tcp'],
  [[port(5000, 6000, 3)], [], '0.0.0.0:5000-5002->6000-6002/tcp'],
  [[port(5000, 6000), port(5001, 6001)], [], '0.0.0.0:5000-5001->6000-6001/tcp'],
  [[port(53, 53, 1, '', 'udp'), port(53, 53)], [], '0.0.0.0:53->53/tcp, 0.0.0.0:53->53/udp'],
  [[port(8080, 80)], ['80/tcp', '443/tcp'], '0.0.0.0:8080->80/tcp, 443/tcp'],
])('%j and exposed %j read %s', (ports, exposed, text) => expect(portsText(ports, exposed)).toBe(text))
