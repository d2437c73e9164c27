import {type FSWatcher, watch} from 'node:fs'
import {dirname} from 'node:path'

/** Looked at again after this, should the kernel not tell: file systems without inotify, the container's end. */
const LOOK_AGAIN_MS = 250

/** Waits for a change of a file, or of the directory entries beside it. */
export class FileChange implements Disposable {
  readonly #watcher: FSWatcher | undefined
  #changed = false
  #wake: () => void = () => {}

  constructor(path: string) {
    this.#watcher = watchDirectory(dirname(path), () => {
      this.#changed = true
      this.#wake()
    })
  }

  /** Returns at the next change since the last call, after a while without one, or when the signal fires. */
  async next(signal?: AbortSignal): Promise<void> {
    if (!this.#changed && !signal?.aborted)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_AGAIN_MS)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
        signal?.addEventListener('abort', this.#wake, {once: true})
      })
    this.#changed = false
  }

  [Symbol.dispose](): void {
    this.#watcher?.close()
  }
}

function watchDirectory(directory: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(directory, onChange).on('error', () => {})
  } catch {
    return undefined
  }
}
