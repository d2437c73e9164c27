import {posix} from 'node:path'
import type {LayerRecord} from '../../storage/layer-store.ts'
import {EngineError} from '../errors/index.ts'
import type {Image} from '../image/index.ts'
import type {BuildContext} from './build-context.ts'
import {commitStep} from './commit-step.ts'
import {expandWord} from './parse/expand.ts'
import type {Instruction} from './parse/instruction.ts'
import {parseInstruction} from './parse/parse-containerfile.ts'
import type {PlannedStage} from './plan.ts'
import {RunStep} from './run-step.ts'
import {type StageState, variablesOf} from './stage-state.ts'
import {StepCache, stepKey} from './step-cache.ts'
import {configureStep} from './steps/configure.ts'
import {prepareCopy} from './steps/copy.ts'
import {MadeSources} from './steps/copy-sources.ts'
import {makeDirectories, ownerNamed} from './steps/make-directories.ts'
import {changeFiles} from './writable-step.ts'

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
  readonly #base: () => Promise<StageState>
  #state: StageState = {config: {}, args: {}}
  #cached: boolean
  /** What the history calls the image below the next step. */
  #below: string | undefined

  constructor(
    context: BuildContext,
    planned: PlannedStage,
    options: {readonly label: string; readonly isLast: boolean; readonly base: () => Promise<StageState>},
  ) {
    this.#context = context
    this.#planned = planned
    this.#cache = new StepCache(context.services.cacheDirectory, context.services.images)
    this.#label = options.label
    this.#isLast = options.isLast
    this.#base = options.base
    this.#cached = context.request.layers && !context.request.noCache
  }

  async build(): Promise<BuiltStage> {
    const {stage} = this.#planned
    const begin = `STEP 1/${stage.instructions.length + 1}: `
    const isImage = typeof this.#planned.base === 'object' && 'image' in this.#planned.base
    // Before the image comes, which may take long; how many triggers it has is known only then
    if (isImage) this.#report(begin + stage.from.original)
    this.#state = await this.#base()
    const {image} = this.#state
    if (!isImage) this.#report(begin + (image ? `FROM ${image.id}` : stage.from.original))
    this.#below = isImage && image ? this.#baseName(image) : image && shortOf(image)
    const instructions = [...(await this.#triggers()), ...stage.instructions]
    const total = instructions.length + 1
    for (const [index, instruction] of instructions.entries()) {
      this.#context.stop.throwIfAborted()
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
    if (!(error instanceof EngineError)) return error
    if (error.code === 'ERR_CONTAINERFILE')
      return error.message.startsWith('line ')
        ? error
        : new EngineError('ERR_CONTAINERFILE', `line ${line}: ${error.message}`, {cause: error})
    return new EngineError(
      'ERR_BUILD_STEP',
      `building at STEP ${JSON.stringify(original)}: line ${line}: ${error.message}`,
      {cause: error},
    )
  }

  async #configure(instruction: Instruction): Promise<void> {
    const {request, globalArgs, escapeChar} = this.#context
    const before = this.#state
    const next = configureStep(before, instruction, {buildArgs: request.buildArgs, globalArgs, escapeChar})
    if (!next)
      throw new EngineError(
        'ERR_CONTAINERFILE',
        `line ${instruction.line}: unknown instruction: ${instruction.keyword}`,
      )
    this.#state = next
    const key = [instruction.keyword, next.config, next.author ?? '', ...(isArg(instruction) ? [next.args] : [])]
    const directories = directoriesOf(instruction, before, next)
    await this.#commit(instruction, before, [key], async () =>
      directories.length === 0
        ? undefined
        : changeFiles(this.#context, before, (rootfs) => {
            for (const {path, user} of directories) makeDirectories(rootfs, path, ownerNamed(rootfs, user))
          }),
    )
  }

  async #copy(instruction: Instruction): Promise<void> {
    const {escapeChar, sources} = this.#context
    using made = new MadeSources()
    const state = this.#state
    const variables = variablesOf(state)
    const from = this.#fromOf(instruction)
    const stage = this.#planned.stage.index
    const known = from === undefined ? undefined : await sources.identityOf(from, stage)
    const quick = known === undefined ? [] : [['copy', known, instruction.flags, instruction.text, variables]]
    const prepare = async () =>
      prepareCopy(instruction, {
        ...{variables, escapeChar, made, workdir: state.config.WorkingDir || '/'},
        ...{root: await sources.rootOf(from, stage), keepsOwner: await sources.isTree(from, stage)},
      })
    const found = await this.#known(state, quick)
    if (found) return this.#settle(instruction, found, found)
    const prepared = await prepare()
    await this.#commit(instruction, state, [...quick, ['copy', prepared.fingerprint]], () =>
      changeFiles(this.#context, state, (rootfs) => prepared.apply(rootfs)),
    )
  }

  #fromOf({flags}: Instruction): string | undefined {
    const value = flags.findLast(({name}) => name === 'from')?.value
    const {globalArgs, escapeChar} = this.#context
    return value && expandWord(value, {...globalArgs, ...this.#state.args}, escapeChar)
  }

  async #run(instruction: Instruction): Promise<void> {
    const step = new RunStep(this.#context, this.#state, instruction, this.#planned.stage.index)
    await this.#commit(instruction, this.#state, [await step.inputs()], () => step.makeLayer())
  }

  /** Takes the step's image from the cache, by any of the keys, or makes its layer and the image. */
  async #commit(
    instruction: Instruction,
    before: StageState,
    inputs: readonly (readonly unknown[])[],
    makeLayer: () => Promise<LayerRecord | undefined>,
  ): Promise<void> {
    const known = await this.#known(before, inputs)
    this.#cached &&= known !== undefined
    const image = known ?? (await this.#make(instruction, await makeLayer()))
    await this.#remember(before, inputs, image, known === undefined)
    this.#settle(instruction, image, known)
  }

  #settle(instruction: Instruction, image: Image, known?: Image): void {
    if (known) this.#context.services.report(`--> Using cache ${known.id}`)
    this.#state = {...this.#state, image}
    this.#below = shortOf(image)
    if (!this.#isLast || !this.#isFinal(instruction)) this.#context.services.report(`--> ${image.id.slice(0, 11)}`)
  }

  #make(instruction: Instruction, layer: LayerRecord | undefined): Promise<Image> {
    return commitStep(this.#context, this.#state, {layer, instruction, below: this.#below})
  }

  async #remember(
    before: StageState,
    inputs: readonly (readonly unknown[])[],
    image: Image,
    isNew: boolean,
  ): Promise<void> {
    const {request, services} = this.#context
    if (!request.layers) return
    for (const input of inputs) {
      const key = this.#key(before, input)
      this.#cache.remember(key, image)
      if (isNew) await services.remoteCache?.keep(key, image)
    }
  }

  async #known(before: StageState, inputs: readonly (readonly unknown[])[]): Promise<Image | undefined> {
    if (!this.#cached) return undefined
    const {request, services} = this.#context
    const keys = inputs.map((input) => this.#key(before, input))
    const notBefore = request.cacheTtlMs === undefined ? undefined : Date.now() - request.cacheTtlMs
    for (const key of keys) {
      const found = this.#cache.find(key, notBefore)
      if (found) return found
    }
    for (const key of keys) {
      const found = await services.remoteCache?.find(key)
      if (found) return found
    }
    return undefined
  }

  #key(before: StageState, input: readonly unknown[]): string {
    const {format, timestamp, fileTimes, platform} = this.#context.request
    const below = before.image ? [before.image.id] : ['scratch', before.config]
    return stepKey([below, input, format, timestamp ?? null, fileTimes ?? null, platform ?? null])
  }

  /** The full name of the image that the stage is based on; its id when it was named by that. */
  #baseName(image: Image): string {
    const {base} = this.#planned
    const asked = typeof base === 'object' && 'image' in base ? base.image : ''
    const named = image.names.filter((name) => isNameOf(name, asked))
    return named[0] ?? (image.id.startsWith(asked) ? image.id : asked)
  }

  #isFinal(instruction: Instruction): boolean {
    return this.#planned.stage.instructions.at(-1) === instruction
  }

  #report(line: string): void {
    this.#context.services.report(this.#label + line)
  }
}

function isArg({keyword}: Instruction): boolean {
  return keyword === 'ARG'
}

function shortOf({id}: Image): string {
  return id.slice(0, 12)
}

/** Whether an image of this name may have been asked for so. */
function isNameOf(name: string, asked: string): boolean {
  return [asked, `${asked}:latest`].some((each) => name === each || name.endsWith(`/${each}`))
}

/** What WORKDIR and VOLUME make when it is not there: the user's, and root's. */
function directoriesOf(
  {keyword}: Instruction,
  before: StageState,
  {config}: StageState,
): readonly {readonly path: string; readonly user: string}[] {
  if (keyword === 'WORKDIR') return [{path: config.WorkingDir ?? '/', user: config.User ?? ''}]
  if (keyword !== 'VOLUME') return []
  return Object.keys(config.Volumes ?? {})
    .filter((path) => !(path in (before.config.Volumes ?? {})))
    .map((path) => ({path: posix.join('/', path), user: ''}))
}
