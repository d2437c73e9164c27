import {existsSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import type {TestEngine} from '../test/helpers/engine.ts'
import {archivePath, layeredArchive} from '../test/helpers/images.ts'
import type {TestRegistry} from '../test/helpers/registry.ts'
import type {Operation} from './operations.ts'

const image = 'localhost/layered'
const plain = '--tls-verify=false'

/** A Debian of 130 MB in five layers, between both engines and one registry on the loopback. */
export function imageOperations(registry: TestRegistry, directory: string): Operation[] {
  const archive = archivePath('layered')
  const remote = `${registry.host}/layered:1`
  const saved = join(directory, 'saved.tar')
  const load = async (engine: TestEngine) => {
    await layeredArchive()
    await engine.output('load', '-q', '-i', archive)
  }
  return [
    {
      name: 'load, five layers',
      target: 1,
      weight: 'slow',
      prepare: async () => void (await layeredArchive()),
      before: startEmpty,
      args: () => ['load', '-q', '-i', archive],
      cleanUp: restore,
    },
    {
      name: 'save, five layers',
      target: 1,
      weight: 'slow',
      prepare: load,
      before: async () => rmSync(saved, {force: true}),
      args: () => ['save', '-q', '-o', saved, image],
    },
    {
      name: 'push, five layers',
      target: 1,
      weight: 'slow',
      prepare: load,
      // A registry that has nothing: neither engine finds or mounts a blob
      before: async () => registry.clear(),
      args: () => ['push', '-q', plain, image, remote],
    },
    {
      name: 'pull, five layers',
      target: 1,
      weight: 'slow',
      prepare: async (engine) => {
        // Both pull what podman pushed
        if (engine.name !== 'podman') return
        registry.clear()
        await load(engine)
        await engine.output('push', '-q', plain, image, remote)
      },
      before: startEmpty,
      args: () => ['pull', '-q', plain, remote],
      cleanUp: restore,
    },
  ]
}

/**
 * Gives the engine an empty store and keeps the one before aside. Not `rmi`: for some seconds ext4 does not give the
 * inode of a deleted file to another, and tries thousands of them for each file that is made, which would be what is measured.
 */
async function startEmpty(engine: TestEngine, round: number): Promise<void> {
  renameSync(engine.root, round === 0 ? asideOf(engine) : `${engine.root}-${performance.now()}`)
}

async function restore(engine: TestEngine): Promise<void> {
  if (!existsSync(asideOf(engine))) return
  renameSync(engine.root, `${engine.root}-${performance.now()}`)
  renameSync(asideOf(engine), engine.root)
}

function asideOf(engine: TestEngine): string {
  return `${engine.root}-aside`
}
