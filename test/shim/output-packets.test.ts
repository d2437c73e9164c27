import {describe, expect, it} from 'vitest'
import type {SeqpacketSocket} from '../../src/host/index.ts'
import {OutputPackets} from '../../src/shim/output-packets.ts'

/** Packets that are there at once, group by group. */
function socketWith(...groups: readonly (readonly string[])[]): Pick<SeqpacketSocket, 'read' | 'readNow'> {
  const waiting = groups.map((group) => [...group])
  const into = (buffer: Buffer, packet: string | undefined) =>
    packet === undefined ? undefined : buffer.subarray(0, buffer.write(packet, 'latin1'))
  return {
    read: async (buffer) => {
      if (waiting[0]?.length === 0) waiting.shift()
      return into(buffer, waiting[0]?.shift())
    },
    readNow: (buffer) => into(buffer, waiting[0]?.shift()),
  }
}

async function outputOf(...groups: readonly (readonly string[])[]): Promise<readonly string[]> {
  const packets = new OutputPackets(socketWith(...groups))
  const read: {stream: string | undefined; bytes: Buffer}[] = []
  for (let output = await packets.read(); output; output = await packets.read()) read.push(output)
  // Only now: what was handed out must still be what it was.
  return read.map(({stream, bytes}) => `${stream} ${bytes.toString('latin1')}`)
}

describe('output packets of a shim', () => {
  it('joins what is there at once', async () => {
    expect(await outputOf(['\x02one ', '\x02two ', '\x02three'], ['\x02later'])).toEqual([
      'stdout one two three',
      'stdout later',
    ])
  })

  it('keeps the streams apart and in order', async () => {
    expect(await outputOf(['\x02a', '\x03b', '\x02c', '\x02d'])).toEqual(['stdout a', 'stderr b', 'stdout cd'])
    expect(await outputOf(['\x02a', '\x03b'], ['\x03c'])).toEqual(['stdout a', 'stderr b', 'stderr c'])
  })

  it('tells of no stream for another mark, and ends', async () => {
    expect(await outputOf(['\x07x'])).toEqual(['undefined x'])
    expect(await outputOf()).toEqual([])
  })

  it('joins a bounded amount, all of which arrives', async () => {
    const kilobytes = Array.from({length: 100}, (_, i) => `\x02${String.fromCharCode(65 + (i % 26)).repeat(8192)}`)
    const outputs = await outputOf(kilobytes)
    expect(outputs.length).toBeGreaterThan(1)
    expect(outputs.map((output) => output.slice('stdout '.length)).join('')).toBe(
      kilobytes.map((packet) => packet.slice(1)).join(''),
    )
  })
})
