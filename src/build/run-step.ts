import {rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {LayerRecord} from '../../storage/layer-store.ts'
import {EngineError} from '../errors/index.ts'
import type {BuildContext} from './build-context.ts'
import type {RunMount, RunOutcome} from './build-request.ts'
import {overwriteTimes} from './file-times.ts'
import {makeScratch} from './leftovers.ts'
import type {Instruction} from './parse/instruction.ts'
import {proxyVariables} from './proxy-variables.ts'
import {defaultShell, type StageState, variablesOf} from './stage-state.ts'
import {type PreparedRun, prepareRun, scriptPath} from './steps/run.ts'
import {type PreparedMount, prepareRunMount} from './steps/run-mounts.ts'
import {compatibleVolumes} from './volumes.ts'

/** One RUN of a stage: a container from the stage's image, whose layer is what the command wrote. */
export class RunStep {
  readonly #context: BuildContext
  readonly #state: StageState
  readonly #run: PreparedRun
  readonly #stage: number

  constructor(context: BuildContext, state: StageState, instruction: Instruction, stage: number) {
    const shell = state.config.Shell ?? defaultShell
    this.#context = context
    this.#state = state
    this.#run = prepareRun(instruction, shell, variablesOf(state), context.escapeChar)
    this.#stage = stage
  }

  /** What decides the result, besides the image: the words, the arguments, what is mounted from the context or a stage. */
  async inputs(): Promise<readonly unknown[]> {
    const {request, sources} = this.#context
    const mounted = await Promise.all(this.#run.mounts.map((mount) => sources.identityOfMount(mount, this.#stage)))
    return ['run', this.#run, this.#state.args, request.container.network ?? null, mounted]
  }

  /** @throws ERR_BUILD_STEP, whose cause holds the exit code */
  async makeLayer(): Promise<LayerRecord> {
    const scratch = makeScratch()
    const mounts: PreparedMount[] = []
    try {
      for (const words of this.#run.mounts)
        mounts.push(
          await prepareRunMount(words, {
            ...{request: this.#context.request, cacheDirectory: this.#context.services.cacheDirectory, scratch},
            sourceDirectory: async (from) => (await this.#context.sources.rootOf(from, this.#stage)).directory,
          }),
        )
      return await this.#runCommand(mounts, [...this.#scriptMount(scratch), ...(await this.#volumes())])
    } finally {
      for (const {release} of mounts) release?.()
      rmSync(scratch, {recursive: true, force: true})
    }
  }

  #scriptMount(scratch: string): readonly RunMount[] {
    if (this.#run.script === undefined) return []
    const source = join(scratch, 'script')
    writeFileSync(source, this.#run.script, {mode: 0o755})
    return [{type: 'bind', source, target: scriptPath, readOnly: true}]
  }

  async #volumes(): Promise<readonly RunMount[]> {
    const {request, sources} = this.#context
    if (!request.compatVolumes) return []
    return compatibleVolumes(this.#state.config, await sources.treeOf(this.#state.image))
  }

  async #runCommand(mounts: readonly PreparedMount[], more: readonly RunMount[]): Promise<LayerRecord> {
    const {request, services, stop} = this.#context
    const {config, image, args} = this.#state
    const {network, security} = this.#run
    const argEnv = Object.entries({...proxyVariables(request.buildArgs), ...args}).map((pair) => pair.join('='))
    const outcome = await services.run({
      ...{image, args: this.#run.args, request, security, signal: stop},
      env: [...argEnv, ...(config.Env ?? []), ...mounts.flatMap(({env}) => env ?? [])],
      user: config.User ?? '',
      workdir: config.WorkingDir || '/',
      network: network && network !== 'default' ? {mode: network} : request.container.network,
      mounts: [...more, ...mounts.flatMap(({mount}) => mount ?? [])],
    })
    return this.#layerOf(outcome)
  }

  async #layerOf(outcome: RunOutcome): Promise<LayerRecord> {
    const {request, services} = this.#context
    try {
      if (outcome.exitCode !== 0)
        throw new EngineError('ERR_BUILD_STEP', `while running runtime: exit status ${outcome.exitCode}`, {
          cause: {exitCode: outcome.exitCode, args: this.#run.args},
        })
      await overwriteTimes(services.layers, outcome.layerID, request)
      return await services.layers.commitContainerLayer(outcome.layerID)
    } finally {
      await outcome.release()
    }
  }
}
