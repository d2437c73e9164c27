import type {TestEngine} from '../test/helpers/engine.ts'
import {archivePath, debianArchive} from '../test/helpers/images.ts'

/** Something a user waits for. It runs often, so it leaves things as it found them or makes them anew. */
export interface Operation {
  readonly name: string
  /** The ratio to podman that is aimed at. */
  readonly target: number
  /** Fewer repetitions for what takes long. */
  readonly weight?: 'slow'
  /** Once, before the measurements. */
  prepare?(engine: TestEngine): Promise<void>
  /** Before each measurement, not measured. */
  before?(engine: TestEngine, round: number): Promise<void>
  /** The measured command line. */
  args(round: number): readonly string[]
  /** Measured with it: the next command lines, for what takes a user more than one. */
  next?(round: number): readonly (readonly string[])[]
  /** After each measurement, not measured. */
  after?(engine: TestEngine, round: number): Promise<void>
  /** Afterwards. */
  cleanUp?(engine: TestEngine): Promise<void>
}

const image = 'localhost/busybox'
const offline = ['--network', 'none']

/** In an order in which none disturbs the next. `large` adds what needs a thousand containers. */
export function operations(large: boolean): Operation[] {
  const few: Operation[] = [
    {name: 'run --rm true', target: 0.75, args: () => ['run', '--rm', ...offline, image, 'true']},
    {
      name: 'run --rm true, on a bridge',
      target: 0.6,
      prepare: async (engine) => void (await engine.output('network', 'create', 'bench')),
      args: () => ['run', '--rm', '--network', 'bench', image, 'true'],
      cleanUp: async (engine) => void (await engine.output('network', 'rm', 'bench')),
    },
    ...lifecycle(),
    ...pods(),
    ...listings(10, 1.5),
    {
      name: 'load (Debian, 130 MB)',
      target: 1.2,
      weight: 'slow',
      prepare: async () => void (await debianArchive()),
      before: async (engine) => void (await engine.run(['rmi', '-f', 'localhost/debian'])),
      args: () => ['load', '-q', '-i', archivePath('debian')],
      cleanUp: async (engine) => void (await engine.run(['rmi', '-f', 'localhost/debian'])),
    },
  ]
  return large ? [...few, ...listings(1000, 0.8), withRunning(10)] : few
}

/** A pod with its infra container; started with one more. */
function pods(): Operation[] {
  const name = (round: number) => `pod-${round}`
  const create = (round: number) => ['pod', 'create', ...offline, '--name', name(round)]
  const removeAll = async (engine: TestEngine) => void (await engine.output('pod', 'rm', '-fa', '-t', '0'))
  const prepare = async (engine: TestEngine) => {
    await engine.output('pod', 'create', ...offline)
    await removeAll(engine)
  }
  return [
    {name: 'pod create', target: 0.6, prepare, args: create, cleanUp: removeAll},
    {
      name: 'pod start, infra and one container',
      target: 0.6,
      prepare,
      before: async (engine, round) => {
        await engine.output(...create(round))
        await engine.output('create', '--pod', name(round), image, 'sleep', '1000')
      },
      args: (round) => ['pod', 'start', name(round)],
      cleanUp: removeAll,
    },
  ]
}

function lifecycle(): Operation[] {
  const removeAll = async (engine: TestEngine) => void (await engine.output('rm', '-fa', '-t', '0'))
  const name = (round: number) => `bench-${round}`
  const create = async (engine: TestEngine, round: number) =>
    void (await engine.output('create', ...offline, '--name', name(round), image, 'sleep', '1000'))
  return [
    {
      name: 'create',
      target: 1.2,
      args: (round) => ['create', ...offline, '--name', name(round), image, 'true'],
      cleanUp: removeAll,
    },
    {name: 'start', target: 1.2, before: create, args: (round) => ['start', name(round)], cleanUp: removeAll},
    {name: 'rm', target: 1.2, before: create, args: (round) => ['rm', name(round)]},
    {
      name: 'exec true',
      target: 0.6,
      prepare: async (engine) =>
        void (await engine.output('run', '-d', ...offline, '--name', 'idle', image, 'sleep', '10000')),
      args: () => ['exec', 'idle', 'true'],
      cleanUp: removeAll,
    },
    {
      name: 'stop -t 0',
      target: 1.2,
      before: async (engine, round) => {
        await create(engine, round)
        await engine.output('start', name(round))
      },
      args: (round) => ['stop', '-t', '0', name(round)],
      cleanUp: removeAll,
    },
  ]
}

/** Commands that only read, with this many containers there. */
function listings(count: number, target: number): Operation[] {
  const fill = async (engine: TestEngine) => {
    const there = (await engine.output('ps', '-aq')).split('\n').filter(Boolean).length
    const missing = Array.from({length: Math.max(0, count - there)}, (_, index) => index)
    const worker = async () => {
      for (let next = missing.pop(); next !== undefined; next = missing.pop())
        await engine.output('create', ...offline, '--name', `c${count}-${next}`, image, 'true')
    }
    await Promise.all([worker(), worker()])
  }
  const containers = `${count.toLocaleString('en')} containers`
  const read = (args: readonly string[]): Operation => ({
    name: `${args[0]}${args[0] === 'ps' ? ' -a' : ''}, ${containers}`,
    target,
    prepare: fill,
    args: () => args,
  })
  return [
    read(['ps', '-a']),
    read(['images']),
    read(['inspect', `c${count}-0`]),
    ...(count <= 10 ? [read(['logs', `c${count}-0`])] : []),
  ]
}

/** After the thousand that do not run. */
function withRunning(count: number): Operation {
  const each = async (act: (name: string) => Promise<unknown>): Promise<void> => {
    for (let index = 0; index < count; index++) await act(`live-${index}`)
  }
  return {
    name: `ps, ${count} of 1,000 run`,
    target: 0.8,
    prepare: (engine) =>
      each((name) => engine.output('run', '-d', ...offline, '--name', name, image, 'sleep', '10000')),
    args: () => ['ps'],
    cleanUp: (engine) => each((name) => engine.output('rm', '-f', '-t', '0', name)),
  }
}
