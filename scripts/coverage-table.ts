// Writes docs/podman-coverage.md: which of podman's commands and options exist here, weighted by how often they are used.
import {join} from 'node:path'
import {writeFileAtomic} from '../src/host/atomic-file.ts'
import {compare} from './podman-coverage/compare.ts'
import {readCommands, readManifest, readUsage} from './podman-coverage/read-data.ts'
import {coverageText} from './podman-coverage/text.ts'

const root = join(import.meta.dirname, '..')
const fixtures = join(root, 'test/fixtures/podman')
const areas = compare({
  commands: readCommands(join(fixtures, 'commands.tsv')),
  usage: readUsage(join(fixtures, 'usage.tsv')),
  ours: readManifest(join(root, 'oclif.manifest.json')),
})
writeFileAtomic(join(root, 'docs/podman-coverage.md'), coverageText(areas), {mode: 0o644})
