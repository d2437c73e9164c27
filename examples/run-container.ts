// Runs one command in a container, as a library: node examples/run-container.ts ARCHIVE [COMMAND ...]
// Keeps its store in the directory that BERTH_EXAMPLE_ROOT names, or in a temporary one.
import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createContainer, loadConfig, loadImages, openRuntime} from 'berth'

const [archive = 'busybox.tar', ...command] = process.argv.slice(2)
const place = process.env.BERTH_EXAMPLE_ROOT ?? mkdtempSync(join(tmpdir(), 'berth-example-'))

const config = loadConfig({globals: {root: join(place, 'root'), runRoot: join(place, 'run'), runtime: 'runc'}})
const runtime = await openRuntime(config)
const [loaded] = await loadImages(runtime.images, {path: archive, temporaryDirectory: tmpdir()})
if (!loaded) throw new Error(`${archive} holds no image`)

const container = await createContainer(runtime, {
  image: loaded.image.id,
  command: command.length > 0 ? command : ['echo', 'hello from a container'],
  network: {mode: 'none'},
  autoRemove: true,
})
const session = await container.start({attach: {stdout: process.stdout, stderr: process.stderr}, foreground: true})
await session?.ended
process.exitCode = await container.finish()
runtime.close()
