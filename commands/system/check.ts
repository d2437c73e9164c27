import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {imageUsers} from '../../src/cli/image/image-command.ts'
import {EngineError} from '../../src/errors/index.ts'
import {chainIDsOf} from '../../src/image/digest.ts'
import type {Problem, Runtime} from '../../src/libpod/index.ts'
import type {StorageProblem} from '../../storage/layer-store.ts'

export default class SystemCheck extends EngineCommand {
  static override summary = 'Check storage consistency'
  static override description =
    'Compares every record of the engine with what is really there, and puts right what can be with --repair.'
  static override examples = ['<%= command.id %>', '<%= command.id %> --repair', '<%= command.id %> --quick']
  static override flags = {
    force: flags.bool({
      char: 'f',
      summary: 'Also remove damaged layers, with the images and containers on them; with --repair',
    }),
    max: flags.duration({
      char: 'm',
      summary: 'Age from which a layer that belongs to no image is a fault, as a duration such as 1h',
      default: 24 * 3600e9,
    }),
    quick: flags.bool({char: 'q', summary: 'Skip the checks that read all data'}),
    repair: flags.bool({char: 'r', summary: 'Put right what can be'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(SystemCheck)
    const runtime = await this.runtime()
    const problems = [
      ...(await runtime.check({repair: given.repair})),
      ...(await this.#unusedLayers(runtime, given)),
      ...(await this.#damagedLayers(runtime, given)),
    ]
    for (const {object, problem, repaired} of problems)
      this.print(`${object}: ${problem}${repaired ? ' (repaired)' : ''}`)
    const left = problems.filter(({repaired}) => !repaired)
    if (left.length > 0) throw new EngineError('ERR_REFUSED', `damage detected in local storage`)
  }

  async #unusedLayers({images}: Runtime, {max, repair}: {max: number; repair: boolean}): Promise<Problem[]> {
    const found = await images.unusedLayers(new Date(Date.now() - max / 1e6), {remove: repair})
    return found.map((chainID) => ({object: chainID, problem: 'belongs to no image', repaired: repair}))
  }

  async #damagedLayers(
    runtime: Runtime,
    {quick, repair, force}: {quick: boolean; repair: boolean; force: boolean},
  ): Promise<Problem[]> {
    const {layers} = runtime
    const found = await layers.verify({deep: !quick, repair})
    const damaged = damagedObjects(found)
    if (repair && force && damaged.size > 0) {
      await this.#removeImagesOn(damaged, runtime)
      const left = damagedObjects(await layers.verify({deep: !quick, repair, removeDamaged: true}))
      return found.map(({object, detail, repaired}) => ({
        object,
        problem: detail,
        repaired: repaired || !left.has(object),
      }))
    }
    return found.map(({object, detail, repaired}) => ({object, problem: detail, repaired}))
  }

  /** With the containers made from them. */
  async #removeImagesOn(damaged: ReadonlySet<string>, runtime: Runtime): Promise<void> {
    const {images} = runtime
    for (const {id, config} of images.list())
      if (chainIDsOf(config.rootfs.diff_ids).some((chainID) => damaged.has(chainID)))
        await images.remove(id, {force: true, users: imageUsers(runtime)})
  }
}

function damagedObjects(found: readonly StorageProblem[]): ReadonlySet<string> {
  return new Set(found.filter(({repaired}) => !repaired).map(({object}) => object))
}
