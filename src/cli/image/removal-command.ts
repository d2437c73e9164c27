import {EngineError, hasCode} from '../../errors/index.ts'
import type {ImageStore, RemoveOptions, RemoveReport} from '../../image/index.ts'
import {errorText} from '../error-text.ts'
import {codeWhenRemoving, ENGINE_FAILED} from '../exit-codes.ts'
import {ImageCommand} from './image-command.ts'

/** Base of the commands that remove images or manifest lists: one failure does not stop the rest. */
export abstract class RemovalCommand extends ImageCommand {
  readonly #codes: number[] = []
  readonly #failures: unknown[] = []
  readonly #deleted: string[] = []

  /** Prints what lost its name at once, and remembers what is gone. */
  protected async remove(
    images: ImageStore,
    name: string,
    options: RemoveOptions,
    ignoreMissing: boolean,
  ): Promise<void> {
    let report: RemoveReport
    try {
      this.check(images, name)
      report = await images.remove(name, options)
    } catch (error) {
      if (ignoreMissing && hasCode(error, 'ERR_IMAGE_UNKNOWN')) return
      this.#codes.push(codeWhenRemoving(error))
      this.#failures.push(error)
      return
    }
    for (const tag of report.untagged) this.print(`Untagged: ${tag}`)
    this.#deleted.push(...report.deleted)
  }

  /** Refuses by throwing what this command does not remove. */
  protected check(_images: ImageStore, _name: string): void {}

  /** podman reports the images that are gone after all the names. */
  protected conclude(): void {
    for (const id of this.#deleted) this.print(`Deleted: ${id}`)
    const failure = together(this.#failures)
    if (failure !== undefined) this.report(failure)
    this.exitCode = worst(this.#codes)
  }
}

/** Several are one message with a list, as podman has them. */
function together(failures: readonly unknown[]): unknown {
  if (failures.length < 2) return failures[0]
  const lines = failures.map((failure) => `\t* ${errorText(failure)}`)
  return new EngineError('ERR_REFUSED', [`${failures.length} errors occurred:`, ...lines].join('\n'))
}

/** An image in use outweighs the rest; missing images count only when nothing worse happened. */
function worst(codes: readonly number[]): number {
  if (codes.length === 0) return 0
  if (codes.includes(2)) return 2
  return codes.every((code) => code === 1) ? 1 : ENGINE_FAILED
}
