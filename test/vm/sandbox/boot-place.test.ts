import {availableParallelism} from 'node:os'
import {setTimeout} from 'node:timers/promises'
import {expect, it} from 'vitest'
import {loadVmConfig} from '../../../src/vm/config/load-vm-config.ts'
import {takeBootPlace} from '../../../src/vm/sandbox/boot-place.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'

it.each([
  {emulatedBoots: 1, places: 1},
  {emulatedBoots: 3, places: 3},
  {emulatedBoots: 0, places: availableParallelism()},
])('$emulatedBoots: $places boot, and one more when one of them is up', async ({emulatedBoots, places}) => {
  await using directory = temporaryDirectory()
  const config = {...(await loadVmConfig(undefined, {})), emulatedBoots}
  const booting = await Promise.all(Array.from({length: places}, () => takeBootPlace(directory.path, config)))
  let another = false
  const next = takeBootPlace(directory.path, config).then((place) => {
    another = true
    return place
  })
  await setTimeout(100)
  expect(another).toBe(false)
  booting.at(-1)?.release()
  booting.push(await next)
  for (const place of booting) place.release()
})
