import {EngineError} from './engine-error.ts'

/**
 * The undo steps of a creation in several steps. Push one after each step; when the scope ends without `commit()`,
 * they run in reverse. Failures of undo steps never hide the first error: they are attached to it by `runUndoable`.
 */
export class UndoStack {
  readonly #steps: (() => unknown)[] = []

  push(step: () => unknown): void {
    this.#steps.push(step)
  }

  /** Keeps what was done: nothing will be undone any more. */
  commit(): void {
    this.#steps.length = 0
  }

  /** Runs the steps in reverse; returns what failed on the way. */
  async undo(): Promise<unknown[]> {
    const failures: unknown[] = []
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step()
      } catch (error) {
        failures.push(error)
      }
    }
    return failures
  }
}

/** Runs `action` with an undo stack: on failure the stack is undone and the first error thrown. */
export async function runUndoable<T>(action: (undo: UndoStack) => Promise<T>): Promise<T> {
  const stack = new UndoStack()
  try {
    return await action(stack)
  } catch (error) {
    const failures = await stack.undo()
    if (error instanceof EngineError) error.undoFailures.push(...failures)
    throw error
  }
}
