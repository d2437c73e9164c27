import {describe, expect, it} from 'vitest'
import {QmpClient} from '../../../src/vm/hypervisor/qemu/qmp-client.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'
import {qmpServer} from './qmp-server.ts'

describe('QMP client', () => {
  it('negotiates, sends commands with ids and returns their values', async () => {
    await using directory = temporaryDirectory()
    await using server = await qmpServer(directory.path, () => ({return: {status: 'running'}}))
    using client = await QmpClient.connect(server.path, 1000)
    expect(await client.execute('query-status')).toEqual({status: 'running'})
    expect(server.received.map(({execute}) => execute)).toEqual(['qmp_capabilities', 'query-status'])
  })

  it("reports a refusal in QEMU's words", async () => {
    await using directory = temporaryDirectory()
    await using server = await qmpServer(directory.path, () => ({
      error: {class: 'GenericError', desc: 'Bus not found'},
    }))
    using client = await QmpClient.connect(server.path, 1000)
    await expect(client.execute('device_add', {id: 'x'})).rejects.toMatchObject({
      code: 'ERR_QMP',
      message: 'device_add: Bus not found: hypervisor refused the request',
    })
  })

  it('keeps events and answers apart, however the bytes are cut', async () => {
    await using directory = temporaryDirectory()
    await using server = await qmpServer(directory.path, () => ({return: 1}))
    using client = await QmpClient.connect(server.path, 1000)
    const events: string[] = []
    client.onEvent(({name}) => events.push(name))
    server.say('{"event": "STOP", "data"')
    await new Promise((resolve) => setTimeout(resolve, 20))
    server.say(': {}}\r\n{"event": "RESUME"}\r\n')
    expect(await client.execute('query-status')).toBe(1)
    expect(events).toEqual(['STOP', 'RESUME'])
  })

  it.each([
    ['no JSON', 'garbage\n'],
    ['no object', '[1]\n'],
    ['no id', '{"return": {}}\n'],
    ['an endless line', 'x'.repeat((1 << 20) + 1)],
  ])('ends a connection that sends %s', async (_name, raw) => {
    await using directory = temporaryDirectory()
    await using server = await qmpServer(directory.path, () => ({raw}))
    using client = await QmpClient.connect(server.path, 1000)
    await expect(client.execute('query-status')).rejects.toMatchObject({code: 'ERR_QMP_PROTOCOL'})
    await expect(client.execute('query-status')).rejects.toMatchObject({code: 'ERR_QMP_PROTOCOL'})
  })

  it('gives up on a greeting that does not come', async () => {
    await using directory = temporaryDirectory()
    await using server = await qmpServer(directory.path, undefined, '')
    await expect(QmpClient.connect(server.path, 50)).rejects.toMatchObject({code: 'ERR_QMP'})
  })

  it('gives up on an answer that does not come, and ignores it when it comes later', async () => {
    await using directory = temporaryDirectory()
    await using server = await qmpServer(directory.path, (command) => (command === 'slow' ? {raw: ''} : {return: 2}))
    using client = await QmpClient.connect(server.path, 1000)
    await expect(client.execute('slow', {}, 30)).rejects.toMatchObject({code: 'ERR_QMP'})
    server.say('{"return": "late", "id": 2}\n')
    expect(await client.execute('next')).toBe(2)
  })

  it('fails what waits when the connection ends', async () => {
    await using directory = temporaryDirectory()
    await using server = await qmpServer(directory.path, () => ({raw: ''}))
    using client = await QmpClient.connect(server.path, 1000)
    const waiting = expect(client.execute('slow')).rejects.toMatchObject({code: 'ERR_VM_GONE'})
    await server[Symbol.asyncDispose]()
    await waiting
  })

  it('says that nobody listens', async () => {
    await using directory = temporaryDirectory()
    await expect(QmpClient.connect(`${directory.path}/none.sock`, 50)).rejects.toMatchObject({code: 'ERR_VM_GONE'})
  })
})
