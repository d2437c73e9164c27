import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {installRoot} from '../../../src/host/index.ts'

it('bin/berth-vm is bin/berth: the program goes by its name, and npm packs no links', () => {
  const read = (name: string) => readFileSync(join(installRoot(), 'bin', name), 'utf8')
  expect(read('berth-vm')).toBe(read('berth'))
})
