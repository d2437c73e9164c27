import {once} from 'node:events'
import {closeSync} from 'node:fs'
import {type AddressInfo, connect, createServer} from 'node:net'
import {expect, it} from 'vitest'
import {bindHostPorts, type PortMapping} from '../../src/network/index.ts'

const mapping = (host_port: number): PortMapping => ({
  host_ip: '127.0.0.1',
  host_port,
  container_port: 80,
  protocol: 'tcp',
  range: 1,
})

it('a port is free as soon as nobody listens, whatever lingers of connections to who did', async () => {
  const server = createServer((connection) => connection.end('hi'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  expect(() => bindHostPorts([mapping(port)])).toThrow(/address already in use/)

  // The server's end closes first, and waits for stray packets then.
  const client = connect(port, '127.0.0.1')
  client.resume()
  await once(client, 'close')
  server.close()
  await once(server, 'close')

  const descriptors = bindHostPorts([mapping(port)])
  expect(descriptors).toHaveLength(1)
  for (const descriptor of descriptors) closeSync(descriptor)
})
