import {join} from 'node:path'
import type {Writable} from 'node:stream'
import {EngineError} from '../errors/index.ts'
import type {Container} from '../libpod/container.ts'
import type {Runtime} from '../libpod/runtime.ts'
import {type ContainerRequest, generateContainer, type SpecServices} from '../specgen/index.ts'
import {BuildMachine} from './build-machine.ts'
import type {BuildServices, RunMount, RunOutcome, RunRequest} from './build-request.ts'
import {removeLeftovers, workingLabels} from './leftovers.ts'
import {removeMountTargets} from './mount-targets.ts'
import {splitPair} from './stage-state.ts'

export interface EngineServicesOptions {
  readonly spec: SpecServices
  readonly baseImage: BuildServices['baseImage']
  readonly remoteCache?: BuildServices['remoteCache']
  /** Where the output of RUN goes. */
  readonly output: {readonly stdout: Writable; readonly stderr: Writable}
  report(line: string): void
  /** The container of a step that fails stays, to be looked at. */
  readonly keepFailed?: boolean
  /** Ends a running step. */
  readonly signal?: AbortSignal
}

/** A build over the engine: each RUN is a container made from the step's image. Dispose when the build has ended. */
export function engineServices(runtime: Runtime, options: EngineServicesOptions): BuildServices & AsyncDisposable {
  const machine = new BuildMachine(runtime, options.spec)
  let cleaning: Promise<void> | undefined
  return {
    images: runtime.images,
    layers: runtime.layers,
    cacheDirectory: join(runtime.config.root, 'build-cache'),
    baseImage: options.baseImage,
    ...(options.remoteCache && {remoteCache: options.remoteCache}),
    run: async (request) => {
      cleaning ??= removeLeftovers(runtime)
      await cleaning
      return runStep(runtime, options, request, machine)
    },
    report: (line) => options.report(line),
    [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
  }
}

async function runStep(
  runtime: Runtime,
  options: EngineServicesOptions,
  step: RunRequest,
  machine: BuildMachine,
): Promise<RunOutcome> {
  options.signal?.throwIfAborted()
  step.signal.throwIfAborted()
  if (!step.image) throw new EngineError('ERR_REFUSED', 'RUN in a stage without files: there is nothing to run')
  // A machine has one network: a step that wants another gets a machine of its own. So does one whose container may stay:
  // it would need the machine that all share for ever.
  const shares = step.network === step.request.container.network && !options.keepFailed
  const request = {
    ...requestOf(step, step.image.id),
    labels: workingLabels(options.keepFailed),
    ...(shares ? await machine.membership(step.request) : {}),
  }
  const container = await runtime.createContainer(generateContainer(request, options.spec))
  const kill = () => void container.kill(9).catch(() => undefined)
  const signal = AbortSignal.any([step.signal, ...(options.signal ? [options.signal] : [])])
  signal.addEventListener('abort', kill)
  try {
    const exitCode = await attend(container, options, signal)
    const targets = step.mounts.map(({target}) => target)
    if (exitCode === 0) await removeMountTargets(runtime.layers, container.id, targets)
    const release = () => container.remove({force: true, volumes: true})
    return {exitCode, layerID: container.id, release: exitCode !== 0 && options.keepFailed ? async () => {} : release}
  } catch (error) {
    await container.remove({force: true, volumes: true})
    throw error
  } finally {
    signal.removeEventListener('abort', kill)
  }
}

async function attend(container: Container, {output}: EngineServicesOptions, signal: AbortSignal): Promise<number> {
  const session = await container.start({attach: output, foreground: true})
  await session?.ended
  const exitCode = await container.finish()
  signal.throwIfAborted()
  return exitCode
}

function requestOf(step: RunRequest, image: string): ContainerRequest {
  const {container} = step.request
  return {
    ...container,
    image,
    entrypoint: [],
    command: step.args,
    env: Object.fromEntries(step.env.map(splitPair)),
    user: step.user,
    passwd: false,
    workdir: step.workdir,
    network: step.network,
    mounts: [...step.mounts.map(mountOf), ...(container.mounts ?? [])],
    imageVolumeMode: 'ignore',
    ...(step.security === 'insecure' && {privileged: true}),
    log: {driver: 'none'},
    health: {disable: true},
  }
}

function mountOf(mount: RunMount): NonNullable<ContainerRequest['mounts']>[number] {
  if (mount.type === 'tmpfs') return {type: 'tmpfs', destination: mount.target, options: mount.options}
  return {
    type: 'bind',
    source: mount.source,
    destination: mount.target,
    options: [mount.readOnly ? 'ro' : 'rw'],
    origin: 'mount',
    ...(mount.discards && {overlay: {}}),
  }
}
