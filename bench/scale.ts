// How Berth's time grows with what there is: sh scripts/pinned-node.sh bench/scale.ts
//   --containers N,N,…   how many containers (default 1,10,100,1000)
//   --images N           as the last step, this many images with 20 layers each (default 200; 0 for none)
//   --repeat N           measurements per point (default 5)
// Prints a table; writes bench/results/scale.json and scale.svg.
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {loadConfig} from '../src/config/index.ts'
import {createContainer} from '../src/index.ts'
import {openRuntime} from '../src/libpod/index.ts'
import {openBerth, type TestEngine} from '../test/helpers/engine.ts'
import {busyboxArchive} from '../test/helpers/images.ts'
import {type Curve, curves} from './curves.ts'
import {loadManyImages} from './many-images.ts'
import {runOnce} from './measure.ts'

const {values: options} = parseArgs({
  options: {
    containers: {type: 'string', default: '1,10,100,1000'},
    images: {type: 'string', default: '200'},
    repeat: {type: 'string', default: '5'},
  },
})

const image = 'localhost/busybox'

/** What is timed at each size. `before` makes what the command takes away. */
const steps: readonly {name: string; args: readonly string[]; before?: readonly string[]; after?: readonly string[]}[] =
  [
    {name: '--version', args: ['--version']},
    {name: 'ps', args: ['ps']},
    {name: 'ps -a', args: ['ps', '-a']},
    {name: 'images', args: ['images']},
    {name: 'create', args: ['create', '--name', 'probe', image, 'true'], after: ['rm', 'probe']},
    {name: 'rm', args: ['rm', 'probe'], before: ['create', '--name', 'probe', image, 'true']},
    {name: 'run --rm', args: ['run', '--rm', '--network', 'none', image, 'true']},
  ]
await main()

async function main(): Promise<void> {
  await using berth = openBerth({runtime: 'runc'})
  await berth.output('load', '-q', '-i', await busyboxArchive())
  const containers: Curve[] = steps.map(({name}) => ({name, points: []}))
  let there = 0
  for (const count of options.containers.split(',').map(Number)) {
    await fill(berth, there, count)
    there = count
    await measureAll(berth, containers, count)
  }
  const images: Curve[] = steps.map(({name}) => ({name, points: []}))
  const most = Number(options.images)
  if (most > 0) {
    await berth.output('rm', '-fa')
    for (const count of new Set([1, Math.ceil(most / 10), most])) {
      await loadManyImages(berth, count)
      await measureAll(berth, images, count)
    }
  }
  save({containers, images})
}

/** In this process: the commands would take most of the time. */
async function fill({root, runRoot}: TestEngine, from: number, to: number): Promise<void> {
  const runtime = await openRuntime(loadConfig({globals: {root, runRoot, runtime: 'runc'}}))
  for (let index = from; index < to; index++)
    await createContainer(runtime, {image, command: ['true'], name: `scale-${index}`})
}

async function measureAll(berth: TestEngine, into: readonly Curve[], count: number): Promise<void> {
  for (const [index, {name, args, before, after}] of steps.entries()) {
    const times: number[] = []
    for (let round = 0; round <= Number(options.repeat); round++) {
      if (before) await berth.output(...before)
      const {milliseconds} = runOnce(berth, args)
      if (after) await berth.output(...after)
      // The first one warms up.
      if (round > 0) times.push(milliseconds)
    }
    // What else goes on makes some slower and none faster.
    const milliseconds = Math.min(...times)
    into[index]?.points.push({count, milliseconds})
    process.stdout.write(`${String(count).padStart(6)}  ${name.padEnd(12)} ${milliseconds.toFixed(1).padStart(8)} ms\n`)
  }
}

function save(found: {readonly containers: readonly Curve[]; readonly images: readonly Curve[]}): void {
  const directory = join(import.meta.dirname, 'results')
  mkdirSync(directory, {recursive: true})
  writeFileSync(join(directory, 'scale.json'), `${JSON.stringify(found, null, 2)}\n`)
  writeFileSync(join(directory, 'scale.svg'), curves('Time by number of containers', 'containers', found.containers))
  if (found.images.some(({points}) => points.length > 0))
    writeFileSync(
      join(directory, 'scale-images.svg'),
      curves('Time by number of images with 20 layers each', 'images', found.images),
    )
  process.stdout.write(`written: ${join(directory, 'scale.json')}, scale.svg\n`)
}
