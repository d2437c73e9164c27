import {randomBytes} from 'node:crypto'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {LayerRecord} from '../../storage/layer-store.ts'
import {EngineError} from '../errors/index.ts'
import type {Image} from '../image/index.ts'
import type {BuildRequest, BuildServices, RunOutcome} from './build-request.ts'
import {commitStep} from './commit-step.ts'
import {contextFilter} from './copy/ignore.ts'
import type {Variables} from './parse/expand.ts'
import type {Instruction} from './parse/instruction.ts'
import {parseInstruction} from './parse/parse-containerfile.ts'
import type {PlannedStage} from './plan.ts'
import type {StageSources} from './stage-sources.ts'
import {defaultShell, type StageState, variablesOf} from './stage-state.ts'
import {StepCache, stepKey} from './step-cache.ts'
import {configureStep} from './steps/configure.ts'
import {makeDirectories, prepareCopy} from './steps/copy.ts'
import {MadeSources} from './steps/copy-sources.ts'
import {prepareRun} from './steps/run.ts'
import {type PreparedMount, prepareRunMount} from './steps/run-mounts.ts'

/** What all stages of a build share. */
export interface BuildContext {
  readonly request: BuildRequest
  readonly services: BuildServices
  readonly globalArgs: Variables
  readonly escapeChar: string
  readonly sources: StageSources
}

/** Where a stage ended. */
export interface BuiltStage {
  readonly state: StageState
  /** Whether a step ran that an earlier build had not. */
  readonly changed: boolean
}

/** Builds one stage, step by step, each making an image that a later build may begin from. */
export class StageBuilder {
  readonly #context: BuildContext
  readonly #planned: PlannedStage
  readonly #cache: StepCache
  readonly #label: string
  readonly #isLast: boolean
  #state: StageState
  #cached: boolean

  constructor(
    context: BuildContext,
    planned: PlannedStage,
    options: {readonly label: string; readonly isLast: boolean; readonly base: StageState},
  ) {
    this.#context = context
    this.#planned = planned
    this.#cache = new StepCache(context.services.cacheDirectory, context.services.images)
    this.#label = options.label
    this.#isLast = options.isLast
    this.#state = options.base
    this.#cached = context.request.layers && !context.request.noCache
  }

  async build(): Promise<BuiltStage> {
    const triggers = await this.#triggers()
    const instructions = [...triggers, ...this.#planned.stage.instructions]
    const total = instructions.length + 1
    this.#report(`STEP 1/${total}: ${this.#planned.stage.from.original}`)
    for (const [index, instruction] of instructions.entries()) {
      this.#report(`STEP ${index + 2}/${total}: ${instruction.original}`)
      await this.#step(instruction)
    }
    return {state: this.#state, changed: !this.#cached}
  }

  /** ONBUILD instructions of the base come first, and are not handed on. */
  async #triggers(): Promise<readonly Instruction[]> {
    const {OnBuild, ...config} = this.#state.config
    this.#state = {...this.#state, config}
    return Promise.all((OnBuild ?? []).map((text) => parseInstruction(text, this.#planned.stage.from.line)))
  }

  async #step(instruction: Instruction): Promise<void> {
    try {
      if (instruction.keyword === 'RUN') await this.#run(instruction)
      else if (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') await this.#copy(instruction)
      else await this.#configure(instruction)
    } catch (error) {
      throw this.#located(error, instruction)
    }
  }

  /** Which step failed, once; an exit code travels in `cause`. */
  #located(error: unknown, {original, line}: Instruction): unknown {
    if (!(error instanceof EngineError) || error.code === 'ERR_CONTAINERFILE') return error
    return new EngineError(
      'ERR_BUILD_STEP',
      `building at STEP ${JSON.stringify(original)}: line ${line}: ${error.message}`,
      {cause: error},
    )
  }

  async #configure(instruction: Instruction): Promise<void> {
    const {request, globalArgs, escapeChar} = this.#context
    const next = configureStep(this.#state, instruction, {buildArgs: request.buildArgs, globalArgs, escapeChar})
    if (!next)
      throw new EngineError(
        'ERR_CONTAINERFILE',
        `line ${instruction.line}: unknown instruction: ${instruction.keyword}`,
      )
    const key = [instruction.keyword, next.config, next.author ?? '']
    const before = this.#state
    this.#state = next
    if (instruction.keyword === 'ARG') return
    if (instruction.keyword !== 'WORKDIR') return this.#commit(instruction, before, key, async () => undefined)
    const directory = next.config.WorkingDir ?? '/'
    await this.#commit(instruction, before, key, () =>
      this.#inRootfs(before, (rootfs) => makeDirectories(rootfs, directory)),
    )
  }

  async #copy(instruction: Instruction): Promise<void> {
    const from = instruction.flags.findLast(({name}) => name === 'from')?.value
    using made = new MadeSources()
    const {request, escapeChar, sources} = this.#context
    const root = from === undefined ? await this.#buildContext() : await sources.rootOf(from, this.#planned.stage.index)
    const prepared = await prepareCopy(instruction, {
      ...{variables: variablesOf(this.#state), escapeChar, made},
      ...{
        workdir: this.#state.config.WorkingDir || '/',
        root,
        keepsOwner: from !== undefined && !(from in request.buildContexts),
      },
    })
    const before = this.#state
    await this.#commit(instruction, before, ['copy', prepared.fingerprint], () =>
      this.#inRootfs(before, (rootfs) => prepared.apply(rootfs)),
    )
  }

  async #buildContext() {
    const {contextDirectory, ignoreFile, containerfilePath} = this.#context.request
    return {
      directory: contextDirectory,
      includes: await contextFilter(contextDirectory, {ignoreFile, containerfile: containerfilePath}),
    }
  }

  async #run(instruction: Instruction): Promise<void> {
    const state = this.#state
    const {request, escapeChar} = this.#context
    const shell = state.config.Shell ?? defaultShell
    const run = prepareRun(instruction, shell, variablesOf(state), escapeChar)
    const key = ['run', run, state.args, request.network ?? null]
    await this.#commit(instruction, state, key, async () => {
      const scratch = mkdtempSync(join(tmpdir(), 'berth-run-'))
      const mounts = await this.#runMounts(run.mounts, scratch)
      try {
        return await this.#runCommand(run, mounts)
      } finally {
        for (const {lock} of mounts) lock?.release()
        rmSync(scratch, {recursive: true, force: true})
      }
    })
  }

  async #runMounts(words: ReturnType<typeof prepareRun>['mounts'], scratch: string): Promise<readonly PreparedMount[]> {
    const {request, services, sources} = this.#context
    const sourceDirectory = async (from: string | undefined) =>
      from === undefined ? request.contextDirectory : (await sources.rootOf(from, this.#planned.stage.index)).directory
    return Promise.all(
      words.map((mount) =>
        prepareRunMount(mount, {request, cacheDirectory: services.cacheDirectory, sourceDirectory, scratch}),
      ),
    )
  }

  async #runCommand(run: ReturnType<typeof prepareRun>, mounts: readonly PreparedMount[]): Promise<LayerRecord> {
    const {request, services} = this.#context
    const {config, image, args} = this.#state
    const argEnv = Object.entries(args).map(([name, value]) => `${name}=${value}`)
    const outcome = await services.run({
      ...{image, args: run.args, request, security: run.security},
      env: [...argEnv, ...(config.Env ?? []), ...mounts.flatMap(({env}) => env ?? [])],
      user: config.User ?? '',
      workdir: config.WorkingDir || '/',
      network: run.network && run.network !== 'default' ? {mode: run.network} : request.network,
      mounts: mounts.flatMap(({mount}) => mount ?? []),
    })
    return this.#layerOf(outcome, run.args)
  }

  async #layerOf(outcome: RunOutcome, args: readonly string[]): Promise<LayerRecord> {
    try {
      if (outcome.exitCode === 0) return await this.#context.services.layers.commitContainerLayer(outcome.layerID)
      throw new EngineError('ERR_BUILD_STEP', `while running runtime: exit status ${outcome.exitCode}`, {
        cause: {exitCode: outcome.exitCode, args},
      })
    } finally {
      await outcome.release()
    }
  }

  /** Changes files in a writable layer on top of the stage's image, which becomes a layer. */
  async #inRootfs(state: StageState, change: (rootfs: string) => unknown): Promise<LayerRecord> {
    const {layers} = this.#context.services
    const id = `build-${randomBytes(16).toString('hex')}`
    await layers.createContainerLayer(id, state.image?.topLayer)
    try {
      const rootfs = await layers.mountContainerLayer(id)
      await change(rootfs)
      await layers.unmountContainerLayer(id, {force: true})
      return await layers.commitContainerLayer(id)
    } finally {
      await layers.removeContainerLayer(id)
    }
  }

  /** Takes the step's image from the cache, or makes its layer and the image. */
  async #commit(
    instruction: Instruction,
    before: StageState,
    inputs: readonly unknown[],
    makeLayer: () => Promise<LayerRecord | undefined>,
  ): Promise<void> {
    const {request, services} = this.#context
    const key = stepKey([
      before.image?.id ?? 'scratch',
      before.image ? null : before.config,
      inputs,
      request.format,
      request.timestamp ?? null,
    ])
    const known = this.#cached ? this.#cache.find(key) : undefined
    if (known) this.#report(`--> Using cache ${known.id}`)
    this.#cached &&= known !== undefined
    const image = known ?? (await this.#make(instruction, await makeLayer()))
    if (request.layers) this.#cache.remember(key, image)
    this.#state = {...this.#state, image}
    if (!this.#isLast || !this.#isFinal(instruction)) services.report(`--> ${image.id.slice(0, 11)}`)
  }

  #isFinal(instruction: Instruction): boolean {
    return this.#planned.stage.instructions.at(-1) === instruction
  }

  #make(instruction: Instruction, layer: LayerRecord | undefined): Promise<Image> {
    return commitStep(this.#context, this.#state, {layer, instruction, base: this.#planned})
  }

  #report(line: string): void {
    this.#context.services.report(this.#label + line)
  }
}
