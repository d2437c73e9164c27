import {once} from 'node:events'
import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {buffer} from 'node:stream/consumers'
import {expect, it} from 'vitest'
import {HttpClient} from '../../../src/image/registry/http-client.ts'
import {mayPass} from '../../../src/image/registry/retry.ts'

/** Asks a server of this kind once, with little patience. */
async function ask(listener: RequestListener, path = '/') {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  const client = new HttpClient({ca: [], verify: true}, {connectMs: 5000, answerMs: 600, pieceMs: 100})
  try {
    const response = await client.request({method: 'GET', url: new URL(path, `http://127.0.0.1:${port}`)})
    return (await buffer(response.body)).toString()
  } finally {
    client[Symbol.dispose]()
    server.closeAllConnections()
    server.close()
  }
}

it('waits longer for an answer than between its pieces', async () => {
  const late: RequestListener = (_, response) => void setTimeout(() => response.end('late'), 250)
  await expect(ask(late)).resolves.toBe('late')
})

it('gives up a registry that takes a request and says nothing, and does not ask again', async () => {
  const error = await ask(() => {}).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({code: 'ERR_CONNECTION'})
  expect((error as Error).message).toMatch(/^Get "http:.*": http: timeout awaiting response headers$/)
  expect(mayPass(error)).toBe(false)
})

it('counts an answer that stops coming as cut', async () => {
  await expect(ask((_, response) => void response.write('part'))).rejects.toThrow('i/o timeout')
})
