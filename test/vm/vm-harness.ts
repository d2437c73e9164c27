import {mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {type BundleOptions, makeBundle, makeRootfs} from '../contracts/oci-bundle.ts'
import {type CommandOptions, type CommandResult, requireSuccess, runCommand} from '../helpers/command.ts'
import {findLeaks, mountsBelow} from '../helpers/leaks.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {waitUntil} from '../helpers/wait-until.ts'
import {buildRuntime, missingGuest} from './runtime-under-test.ts'

export const skipReason =
  missingPrerequisite('root', 'program:qemu-system-x86_64', 'program:ip', 'program:tc') ?? missingGuest()

export interface Created {
  readonly id: string
  readonly bundle: string
  output(): string
}

/** berth-vm on a root directory of its own, with a root file system of busybox. */
export class VmHarness implements AsyncDisposable {
  readonly directory: string
  readonly root: string
  readonly program: string
  readonly #ids: string[] = []

  private constructor(directory: string, program: string) {
    this.directory = directory
    this.program = program
    this.root = join(directory, 'state')
    mkdirSync(this.root)
  }

  static async open(): Promise<VmHarness> {
    const directory = makeRootfs()
    return new VmHarness(directory, await buildRuntime(join(directory, 'program')))
  }

  newID(): string {
    const id = `vm-${process.pid}-${this.#ids.length}`
    this.#ids.push(id)
    return id
  }

  bundle(options: BundleOptions): string {
    return makeBundle(this.directory, options)
  }

  call(words: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    return runCommand(this.program, ['--root', this.root, ...words], options)
  }

  async ok(...words: readonly string[]): Promise<string> {
    return requireSuccess(await this.call(words))
  }

  /** Creates a container as conmon does: its streams are files. @throws Error with what was written to stderr */
  async create(options: BundleOptions, globals: readonly string[] = [], id = this.newID()): Promise<Created> {
    const bundle = this.bundle(options)
    const result = await this.createIn(bundle, id, globals)
    if (result.exitCode !== 0) throw new Error(readFileSync(join(bundle, 'err'), 'utf8'))
    return {id, bundle, output: () => readFileSync(join(bundle, 'out'), 'utf8')}
  }

  createIn(bundle: string, id: string, globals: readonly string[] = []): Promise<CommandResult> {
    const words = [this.program, '--root', this.root, ...globals, 'create', '--bundle', bundle, id]
    const script = 'dir=$1; shift; exec "$@" </dev/null >"$dir/out" 2>"$dir/err"'
    return runCommand('sh', ['-c', script, 'sh', bundle, ...words])
  }

  async state(id: string): Promise<{readonly status: string; readonly pid: number}> {
    return JSON.parse(await this.ok('state', id))
  }

  hasStatus(id: string, status: string): Promise<void> {
    return waitUntil(`${id} is ${status}`, async () => (await this.state(id)).status === status, {timeoutMs: 30_000})
  }

  async exec(id: string, script: string): Promise<string> {
    return this.ok('exec', id, 'sh', '-c', script)
  }

  /** What the runtime left besides the empty directories that it keeps. */
  leaks(): Record<string, readonly string[]> {
    const files = readdirSync(this.root, {recursive: true, withFileTypes: true})
      .filter(
        (entry) =>
          !/^(accelerator\.json(\.lock)?|told-emulation|tsc\.json|boots|ids|locks|sandboxes|seccomp|.*\.bpf)$/.test(
            entry.name,
          ),
      )
      .filter(({parentPath}) => parentPath !== join(this.root, 'boots'))
      .map((entry) => join(entry.parentPath, entry.name))
    const {cgroups, processes} = findLeaks(this.root, this.#ids)
    return {files, cgroups, processes: [...processes, ...this.#processesIn()], mounts: mountsBelow(this.root)}
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of this.#ids.toReversed()) await this.call(['delete', '--force', id])
    for (const mount of mountsBelow(this.directory)) await runCommand('umount', ['-l', mount])
    rmSync(this.directory, {recursive: true, force: true})
  }

  /** Relays name their files by paths relative to the sandbox, where they run. */
  #processesIn(): string[] {
    return readdirSync('/proc').filter((name) => {
      try {
        return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`).startsWith(this.root)
      } catch {
        return false
      }
    })
  }
}

export const noLeaks = {files: [], cgroups: [], processes: [], mounts: []}
