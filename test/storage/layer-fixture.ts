import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {mountPointsBelow, unmount} from '../../src/host/index.ts'
import type {LayerLimits, LayerRecord, LayerStore} from '../../storage/index.ts'
import {openLayerStore} from '../../storage/index.ts'

export const drivers = ['overlay', 'vfs'] as const

/** A layer store on directories of its own; mounts and files go at the end of the scope. */
export class LayerFixture implements AsyncDisposable {
  readonly directory: string
  readonly store: LayerStore

  private constructor(directory: string, store: LayerStore) {
    this.directory = directory
    this.store = store
  }

  static async open(driver: string, limits?: LayerLimits): Promise<LayerFixture> {
    const directory = mkdtempSync(join(tmpdir(), 'berth-layers-'))
    return new LayerFixture(directory, await openAt(directory, driver, limits))
  }

  get root(): string {
    return join(this.directory, 'root', this.store.driver)
  }

  /** The same store as another process would open it. */
  again(): Promise<LayerStore> {
    return openAt(this.directory, this.store.driver)
  }

  apply(tar: Buffer, parent?: LayerRecord): Promise<LayerRecord> {
    return this.store.apply({source: Readable.from([tar]), parent: parent?.chainID})
  }

  /** A directory made by a shell script, as a tar by the system's tar. */
  tarOf(script: string, ...options: string[]): Buffer {
    return this.#tar(script, options, ['.'])
  }

  /** Only these entries of it, in this order. */
  tarOfEntries(script: string, ...entries: string[]): Buffer {
    return this.#tar(script, ['--no-recursion'], entries)
  }

  #tar(script: string, options: readonly string[], entries: readonly string[]): Buffer {
    const tree = mkdtempSync(join(this.directory, 'tree-'))
    execFileSync('bash', ['--norc', '-euc', script], {cwd: tree, stdio: ['ignore', 'ignore', 'inherit']})
    // GNU's own format has no place for attributes
    const attributes = options.includes('--format=gnu') ? [] : ['--xattrs', '--xattrs-include=*']
    return execFileSync('tar', ['-c', ...attributes, ...options, '-C', tree, ...entries], {maxBuffer: 1e9})
  }

  mkdir(name: string): string {
    const path = join(this.directory, name)
    mkdirSync(path)
    return path
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const point of mountPointsBelow(this.directory)) unmount(point)
    rmSync(this.directory, {recursive: true, force: true})
  }
}

function openAt(directory: string, driver: string, limits?: LayerLimits): Promise<LayerStore> {
  return openLayerStore({root: join(directory, 'root'), runRoot: join(directory, 'run'), driver, limits})
}

export function shell(script: string, cwd: string): string {
  return execFileSync('bash', ['--norc', '-euc', script], {cwd, encoding: 'utf8'})
}

const listXattrs = `
import os
for at, directories, files in sorted(os.walk(b".")):
  for name in sorted(directories + files):
    path = os.path.join(at, name)
    for key in sorted(os.listxattr(path, follow_symlinks=False)):
      if not key.startswith(("trusted.", "security.selinux")): print(path, key, os.getxattr(path, key, follow_symlinks=False))`

/** What can be seen of a tree: kind, mode, owner, size or target, time, links and attributes of each path. */
export function describeTree(root: string): string {
  return shell(
    `find . -mindepth 1 \\( -type d -printf '%P %y %#m %U:%G\\n' -o -printf '%P %y %#m %U:%G %s %l %T@ %n\\n' \\) | LC_ALL=C sort
     python3 -c '${listXattrs}'
     find . -type f -exec sha256sum {} + | LC_ALL=C sort`,
    root,
  )
}
