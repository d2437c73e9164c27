import {createServer, type Socket} from 'node:net'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {AgentClient} from '../../../src/vm/agent/agent-client.ts'
import {encodeFrame, type Frame, FrameReader, frameTypes} from '../../../src/vm/agent/frame.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'

/** Stands in for the relay: hands each request to `answer`, which writes what it likes. */
async function agentServer(directory: string, answer: (frame: Frame, socket: Socket) => void) {
  const path = join(directory, 'agent.sock')
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    const reader = new FrameReader()
    socket.on('error', () => {})
    socket.on('data', (chunk) => reader.push(chunk).forEach((frame) => void answer(frame, socket)))
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const respond = (socket: Socket, serial: number, text: string) =>
  socket.write(encodeFrame({type: frameTypes.response, port: 0, serial, payload: Buffer.from(text)}))

describe('agent client', () => {
  it('matches answers to requests by serial and passes tails', async () => {
    await using directory = temporaryDirectory()
    const waiting: Frame[] = []
    await using server = await agentServer(directory.path, (frame, socket) => {
      waiting.push(frame)
      if (waiting.length < 2) return
      for (const {serial, payload} of waiting.toReversed())
        respond(
          socket,
          serial,
          `{"ok":{"op":"${JSON.parse(payload.toString().split('\0')[0] ?? '').op}"}}\0tail ${serial}`,
        )
    })
    using client = await AgentClient.connect(server.path, 1000)
    const [one, two] = await Promise.all([client.request('one', {}, {tail: 'x\0y'}), client.request('two')])
    expect([one.ok.op, one.tail.toString(), two.ok.op, two.tail.toString()]).toEqual(['one', 'tail 1', 'two', 'tail 2'])
    expect(waiting[0]?.payload.toString()).toBe('{"op":"one"}\0x\0y')
  })

  it("keeps the guest runtime's words and takes control characters out of them", async () => {
    await using directory = temporaryDirectory()
    const message = 'executable file `x` not found in $PATH\\u001b[31m'
    await using server = await agentServer(directory.path, ({serial}, socket) =>
      respond(socket, serial, `{"error":{"code":"command-not-found","message":"${message}"}}`),
    )
    using client = await AgentClient.connect(server.path, 1000)
    await expect(client.request('create')).rejects.toMatchObject({
      code: 'ERR_AGENT',
      message: 'executable file `x` not found in $PATH [31m',
    })
  })

  it.each([
    ['text that is no JSON', 'nonsense'],
    ['neither ok nor error', '{"fine":1}'],
    ['an error without message', '{"error":{"code":"x"}}'],
    ['a list', '[]'],
  ])('ends at %s', async (_name, text) => {
    await using directory = temporaryDirectory()
    await using server = await agentServer(directory.path, ({serial}, socket) => respond(socket, serial, text))
    using client = await AgentClient.connect(server.path, 1000)
    await expect(client.request('ping')).rejects.toMatchObject({code: 'ERR_AGENT_PROTOCOL'})
  })

  it('gives up on an agent that says nothing', async () => {
    await using directory = temporaryDirectory()
    await using server = await agentServer(directory.path, () => {})
    using client = await AgentClient.connect(server.path, 40)
    await expect(client.request('ping')).rejects.toMatchObject({
      code: 'ERR_AGENT_TIMEOUT',
      message: 'ping in 40 ms: guest agent did not answer',
    })
  })

  it('says that the machine is gone when the relay ends', async () => {
    await using directory = temporaryDirectory()
    await using server = await agentServer(directory.path, (_frame, socket) => void socket.destroy())
    using client = await AgentClient.connect(server.path, 1000)
    await expect(client.request('ping')).rejects.toMatchObject({code: 'ERR_VM_GONE'})
  })

  it('reaches a socket whose path is longer than an address', async () => {
    await using directory = temporaryDirectory()
    const deep = join(directory.path, 'd'.repeat(100))
    await (await import('node:fs/promises')).mkdir(deep)
    const here = process.cwd()
    process.chdir(deep)
    try {
      await using _server = await agentServer('.', ({serial}, socket) => respond(socket, serial, '{"ok":{}}'))
      using client = await AgentClient.connect(join(deep, 'agent.sock'), 1000)
      expect((await client.request('ping')).ok).toEqual({})
    } finally {
      process.chdir(here)
    }
  })
})
