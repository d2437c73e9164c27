import {describe, expect, it} from 'vitest'
import {encodeFrame, FrameReader, frameTypes} from '../../../src/vm/agent/frame.ts'

const response = (text: string, serial = 1) =>
  encodeFrame({type: frameTypes.response, port: 0, serial, payload: Buffer.from(text)})

describe('frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    const stream = Buffer.concat([response('{"ok":{}}', 1), response('', 2), response('x'.repeat(70_000), 3)])
    for (const size of [1, 7, 16, 17, 4096, stream.length]) {
      const reader = new FrameReader()
      const frames = []
      for (let at = 0; at < stream.length; at += size) frames.push(...reader.push(stream.subarray(at, at + size)))
      expect(frames.map(({serial, payload}) => [serial, payload.length])).toEqual([
        [1, 9],
        [2, 0],
        [3, 70_000],
      ])
    }
  })

  it.each([
    ['another magic', 0, 0x00],
    ['another version', 1, 2],
    ['an unknown type', 2, 99],
    ['a length beyond the bound', 11, 0xff],
  ])('refuse %s before any payload is there', (_name, offset, value) => {
    const bytes = response('{}')
    bytes.writeUInt8(value, offset)
    expect(() => new FrameReader().push(bytes.subarray(0, 16))).toThrow(
      expect.objectContaining({code: 'ERR_AGENT_PROTOCOL'}),
    )
  })

  it('refuse a payload where none belongs', () => {
    const bytes = encodeFrame({type: frameTypes.close, port: 0, serial: 0, payload: Buffer.from('x')})
    expect(() => new FrameReader().push(bytes)).toThrow(expect.objectContaining({code: 'ERR_AGENT_PROTOCOL'}))
  })

  it('never throw anything else, whatever bytes come', () => {
    let seed = 42
    const random = () => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff
      return seed
    }
    for (let round = 0; round < 2000; round++) {
      const bytes = round % 2 === 0 ? response('{"ok":{"a":1}}') : Buffer.alloc(40)
      for (let change = 0; change < 3; change++) bytes[random() % bytes.length] = random() & 0xff
      try {
        new FrameReader().push(bytes)
      } catch (error) {
        expect(error).toMatchObject({code: 'ERR_AGENT_PROTOCOL'})
      }
    }
  })
})
