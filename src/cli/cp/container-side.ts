import type {Readable, Writable} from 'node:stream'
import {hasCode} from '../../errors/index.ts'
import type {Container} from '../../libpod/container.ts'
import type {PathFacts, Side} from './side.ts'

/** The file system of a container, links resolved within its root. */
export class ContainerSide implements Side {
  readonly label: string
  readonly #container: Container
  readonly #chown: boolean

  /** @param chown what is written belongs to the container's user, not to whom it belonged */
  constructor(container: Container, name: string, chown: boolean) {
    this.label = `container ${name}`
    this.#container = container
    this.#chown = chown
  }

  async stat(path: string): Promise<PathFacts | undefined> {
    try {
      const {resolvedPath, isDirectory} = await this.#container.statPath(path)
      return {path: resolvedPath, name: lastElement(resolvedPath), isDirectory}
    } catch (error) {
      if (hasCode(error, 'ERR_INVALID_ARG')) return undefined
      throw error
    }
  }

  resolve(path: string): Promise<string> {
    return this.#container.resolvePath(path)
  }

  async read({path}: PathFacts, rootName: string, target: Writable): Promise<void> {
    await this.#container.copyOut(path, {archive: target, renameRoot: rootName})
  }

  async write(directory: string, source: Readable, strict: boolean): Promise<void> {
    await this.#container.copyInto(directory, {
      archive: source,
      noOverwriteDirNonDir: strict,
      ...(this.#chown && {chown: 'user' as const}),
    })
  }
}

function lastElement(path: string): string {
  return path.split('/').filter(Boolean).at(-1) ?? '/'
}
