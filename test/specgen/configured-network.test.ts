import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'
import {configOf} from './command-line.ts'
import {testServices} from './services.ts'

describe('the network that containers.conf names', () => {
  const files = temporaryDirectory()
  afterAll(() => files[Symbol.asyncDispose]())

  const withNetwork = (netns: string, ...args: readonly string[]) => {
    const path = join(files.path, `${netns}.conf`)
    writeFileSync(path, `[containers]\nnetns = "${netns}"\n`)
    return configOf([...args, 'busybox', 'true'], testServices({config: {env: {CONTAINERS_CONF: path}}}))
  }
  const addressed = [
    ['--ip', '10.88.0.9'],
    ['--mac-address', '02:00:00:00:00:09'],
    ['--network-alias', 'other'],
  ]

  it.each(addressed)('has no place for %s %s where it is no bridge', (option = '', value = '') => {
    for (const mode of ['none', 'host'])
      expect(() => withNetwork(mode, option, value)).toThrow(
        'networks and static ip/mac address can only be used with Bridge mode networking',
      )
    for (const mode of ['bridge', 'private'])
      expect(withNetwork(mode, option, value).network.attachments).toHaveLength(1)
    expect(withNetwork('none', '--network', 'bridge', option, value).network.attachments).toHaveLength(1)
  })

  it('may be none for a container with name servers, which one that is asked for may not', () => {
    expect(withNetwork('none', '--dns', '9.9.9.9').dns.servers).toEqual(['9.9.9.9'])
    expect(() => withNetwork('bridge', '--network', 'none', '--dns', '9.9.9.9')).toThrow('conflicting options: dns')
  })
})
