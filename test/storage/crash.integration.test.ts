import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {setTimeout} from 'node:timers/promises'
import {describe, expect, test} from 'vitest'
import type {ChainID} from '../../storage/index.ts'
import {drivers, LayerFixture} from './layer-fixture.ts'

const ROUNDS = 15
const worker = join(import.meta.dirname, 'fixtures', 'work-until-killed.ts')

/** What the worker said was there when it died: made, and not about to be removed. */
function acknowledged(output: string): {layers: Set<string>; containers: Set<string>} {
  const [layers, containers] = [new Set<string>(), new Set<string>()]
  for (const line of output.split('\n').slice(0, -1)) {
    const [what, name = ''] = line.split(' ')
    if (what === 'layer') layers.add(name)
    else if (what === 'container') containers.add(name)
    else if (what === 'removing') for (const names of [layers, containers]) names.delete(name)
  }
  return {layers, containers}
}

describe.each(drivers)('a killed process on %s', (driver) => {
  test(`${ROUNDS} rounds: what was acknowledged is there, what was half-made is swept`, async () => {
    await using f = await LayerFixture.open(driver)
    const tar = join(f.directory, 'base.tar')
    writeFileSync(tar, f.tarOf('mkdir d; for i in $(seq 150); do echo $i > d/f$i; done; head -c 3M /dev/urandom > big'))
    let acknowledgements = 0
    for (let round = 0; round < ROUNDS; round++) {
      const child = spawn(process.execPath, [worker, f.directory, driver, tar], {stdio: ['ignore', 'pipe', 'inherit']})
      const output = text(child.stdout)
      await once(child.stdout, 'readable')
      await setTimeout(Math.random() * 800)
      child.kill('SIGKILL')
      await once(child, 'close')
      const {layers, containers} = acknowledged(await output)
      acknowledgements += layers.size + containers.size
      for (const chainID of layers) expect(f.store.has(chainID as ChainID)).toBe(true)
      expect([...containers].filter((id) => !existsSync(f.store.containerLayerUpper(id)))).toEqual([])
      await f.store.sweep()
      expect(await f.store.verify({deep: true})).toEqual([])
      for (const id of await f.store.listContainerLayers()) await f.store.removeContainerLayer(id)
      for (const {chainID, parent} of f.store.list()) if (parent) await f.store.remove(chainID)
    }
    expect(acknowledgements).toBeGreaterThan(0)
    for (const kind of ['active', 'committed'])
      expect(readdirSync(join(f.root, kind)).filter((name) => /^(new|rm)-/.test(name))).toEqual([])
  })
})
