import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {loadCommands} from '../../scripts/build/load-commands.ts'
import {manifestText} from '../../scripts/build/manifest.ts'

const root = join(import.meta.dirname, '../..')

it('oclif.manifest.json is what the build makes of the commands', async () => {
  const text = manifestText(await loadCommands(root))
  expect(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'), 'run npm run build and commit the manifest').toBe(
    text,
  )
})
