import {join} from 'node:path'
import {expect, it} from 'vitest'
import {compare} from '../../scripts/podman-coverage/compare.ts'
import {readCommands, readManifest, readUsage} from '../../scripts/podman-coverage/read-data.ts'

const root = join(import.meta.dirname, '../..')
const fixtures = join(root, 'test/fixtures/podman')

const areas = compare({
  commands: readCommands(join(fixtures, 'commands.tsv')),
  usage: readUsage(join(fixtures, 'usage.tsv')),
  ours: readManifest(join(root, 'oclif.manifest.json')),
})

it('offers 97 % of what podman’s own tests use of containers, images and the system', () => {
  const area = areas.find(({title}) => title === 'Containers, images and the system')
  expect(area?.weighted).toBeGreaterThan(0.97)
})

it('names the reason of everything that is missing', () => {
  expect(areas.flatMap(({missing}) => missing).filter(({reason}) => reason === '')).toEqual([])
})
