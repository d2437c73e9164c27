import {once} from 'node:events'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {EngineError} from '../../../src/errors/index.ts'
import {AgentClient} from '../../../src/vm/agent/agent-client.ts'
import {encodeFrame, FrameReader, frameTypes} from '../../../src/vm/agent/frame.ts'
import {integerField, parseEvent, parseResponse, printable} from '../../../src/vm/agent/message.ts'
import {parseQmpMessage} from '../../../src/vm/hypervisor/qemu/qmp-message.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'

const seed = Number(process.env.BERTH_FUZZ_SEED ?? Date.now() % 1_000_000)
const rounds = Number(process.env.BERTH_FUZZ_ROUNDS ?? 1000)

/** mulberry32: repeatable by its seed. */
function generator(start: number): (limit: number) => number {
  let state = start
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * limit)
  }
}

const words = [
  ...['{"ok":{}}', '{"ok":{"pid":7}}', '{"error":{"code":"x","message":"y"}}', '{"error":{"code":7}}', '{"ok":[]}'],
  ...[
    'null',
    '7',
    '"text"',
    '[{}]',
    '{"__proto__":{"ok":{}}}',
    '{"ok":{"pid":1e999}}',
    '{"return":{},"id":1}',
    '{"QMP":{}}',
  ],
  ...[
    '{"event":"STOP"}',
    '{"error":{"class":"a","desc":null},"id":1}',
    '\0',
    '\0tail',
    '\u001b[2J',
    '{',
    '\ud800',
    '{"id":"1"}',
  ],
]

describe(`what a hostile guest says (seed ${seed})`, () => {
  const below = generator(seed)
  const noise = (most: number) => Buffer.from(Array.from({length: below(most)}, () => below(256)))
  const payload = () =>
    below(3) === 0 ? noise(64) : Buffer.from((words[below(words.length)] ?? '') + (words[below(words.length)] ?? ''))
  const onlyOurs = (work: () => unknown, ...codes: readonly string[]) => {
    try {
      work()
    } catch (error) {
      expect(codes).toContain(error instanceof EngineError ? error.code : `${error}`)
    }
  }

  it('is parsed or refused, never anything else', () => {
    for (let round = 0; round < rounds; round++) {
      const bytes = payload()
      onlyOurs(() => parseResponse(bytes), 'ERR_AGENT_PROTOCOL')
      onlyOurs(() => parseEvent(bytes), 'ERR_AGENT_PROTOCOL')
      onlyOurs(() => parseQmpMessage(bytes.toString()), 'ERR_QMP_PROTOCOL')
      onlyOurs(() => integerField(parseEvent(bytes), 'pid'), 'ERR_AGENT_PROTOCOL')
      expect(printable(bytes.toString('latin1'))).not.toMatch(/\p{Cc}/u)
    }
  })

  it('comes out of the frames as it was put in, however they are cut', () => {
    for (let round = 0; round < rounds / 10; round++) {
      const frames = Array.from({length: below(6)}, (_, serial) => ({
        ...{type: frameTypes.response, port: 0, serial},
        payload: Buffer.concat([payload(), Buffer.alloc(below(5000), 'x')]),
      }))
      const stream = Buffer.concat(frames.map(encodeFrame))
      const reader = new FrameReader()
      const read = []
      for (let at = 0, end = 0; at < stream.length; at = end) {
        end = at + 1 + below(below(4) === 0 ? 3000 : 20)
        read.push(...reader.push(stream.subarray(at, end)))
      }
      expect(read).toEqual(frames)
    }
  })

  it('costs time in proportion to its length, also in the smallest pieces', () => {
    const stream = encodeFrame({type: frameTypes.response, port: 0, serial: 1, payload: Buffer.alloc(1 << 20)})
    const reader = new FrameReader()
    const begin = performance.now()
    let frames = 0
    for (let at = 0; at < stream.length; at += 8) frames += reader.push(stream.subarray(at, at + 8)).length
    expect(frames).toBe(1)
    // Put together again with each piece, it took minutes.
    expect(performance.now() - begin).toBeLessThan(5000)
  })

  it('ends every request that waits, with an error of ours', async () => {
    await using directory = temporaryDirectory()
    const path = join(directory.path, 'agent.sock')
    const server = createServer((socket) => {
      socket.on('error', () => {})
      const answer = payload()
      const framed = encodeFrame({type: 1 + below(12), port: below(3), serial: 1 + below(2), payload: answer})
      if (below(2) === 0) framed[below(framed.length)] = below(256)
      socket.end(below(4) === 0 ? noise(200) : framed)
    }).listen(path)
    await once(server, 'listening')
    for (let round = 0; round < 200; round++) {
      using client = await AgentClient.connect(path, 2000)
      const results = await Promise.allSettled([client.request('ping'), client.request('create')])
      for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(EngineError)
    }
    server.close()
  })
})
