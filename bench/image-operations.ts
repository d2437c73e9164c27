import {rmSync} from 'node:fs'
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
  const forget = async (engine: TestEngine) => void (await engine.run(['rmi', '-f', image, remote]))
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
      before: forget,
      args: () => ['load', '-q', '-i', archive],
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
      before: forget,
      args: () => ['pull', '-q', plain, remote],
      cleanUp: forget,
    },
  ]
}
