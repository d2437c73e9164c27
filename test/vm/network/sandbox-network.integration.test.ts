import {execFileSync} from 'node:child_process'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {SandboxNetwork} from '../../../src/vm/network/sandbox-network.ts'
import type {Tap} from '../../../src/vm/network/taps.ts'
import {missingPrerequisite} from '../../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:ip', 'program:tc')

describe.skipIf(missing !== undefined)(`taps of a sandbox${missing ? ` (${missing})` : ''}`, () => {
  const name = `bt-taps-${process.pid}`
  const network = new SandboxNetwork(`/run/netns/${name}`)
  const ip = (...words: string[]) => execFileSync('ip', ['-n', name, ...words]).toString()
  const taps = () => [...ip('-brief', 'link').matchAll(/^berth\d+/gm)].map(String)

  beforeAll(() => {
    execFileSync('ip', ['netns', 'add', name])
    ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'peer0')
    ip('link', 'set', 'eth0', 'up')
  })
  afterAll(() => {
    execFileSync('ip', ['netns', 'del', name])
  })

  it('are on record before the first is made, so that who died in between left a trace', async () => {
    const {links} = await network.scan()
    const eth0 = links.filter((link) => link.name === 'eth0')
    const dies = () => {
      expect(taps()).toEqual([])
      throw new Error('killed')
    }
    await expect(network.join(eth0, [], dies)).rejects.toThrow('killed')
    expect(taps()).toEqual([])

    let recorded: readonly Tap[] = []
    const joined = await network.join(eth0, [{link: 'eth7', tap: 'berth0'}], (planned) => {
      recorded = planned
    })
    expect(joined).toEqual(recorded)
    expect(recorded).toEqual([{link: 'eth0', tap: 'berth1'}])
    expect(taps()).toEqual(['berth1'])
    // Twice, and one that was recorded but never made.
    for (let round = 0; round < 2; round++) await network.free([...recorded, {link: 'eth0', tap: 'berth9'}])
    expect(taps()).toEqual([])
    expect(execFileSync('tc', ['-n', name, 'qdisc', 'show', 'dev', 'eth0']).toString()).not.toContain('ingress')
  })
})
