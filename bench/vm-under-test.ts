import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {makeBundle, makeRootfs} from '../test/contracts/oci-bundle.ts'
import {type CommandResult, runCommand} from '../test/helpers/command.ts'
import {openBerth, type TestEngine} from '../test/helpers/engine.ts'
import {busyboxArchive} from '../test/helpers/images.ts'

const program = join(import.meta.dirname, '../bin/berth-vm')

/** The built berth-vm with a state directory of its own, and a Berth that uses it. */
export class VmUnderTest implements AsyncDisposable {
  readonly directory: string
  readonly guest: string
  readonly berth: TestEngine
  readonly #root: string
  readonly #ids: string[] = []

  private constructor(directory: string, guest: string) {
    this.directory = directory
    this.guest = guest
    this.#root = join(directory, 'state')
    mkdirSync(this.#root)
    this.berth = openBerth({runtime: program, env: {BERTH_VM_GUEST: guest}})
  }

  static async open(guest: string): Promise<VmUnderTest> {
    const vm = new VmUnderTest(makeRootfs(), guest)
    await vm.berth.output('load', '-q', '-i', await busyboxArchive())
    return vm
  }

  newID(): string {
    const id = `bench-${process.pid}-${this.#ids.length}`
    this.#ids.push(id)
    return id
  }

  bundle(args: readonly string[], mounts: readonly {source: string; destination: string}[] = []): string {
    return makeBundle(this.directory, {
      args,
      change: (spec) => spec.mounts?.push(...mounts.map((each) => ({...each, type: 'bind', options: ['rbind', 'rw']}))),
    })
  }

  /** A file that `--config` takes. */
  configuration(lines: readonly string[]): string {
    const path = join(this.directory, 'berth-vm.toml')
    writeFileSync(path, ['[vm]', ...lines, ''].join('\n'))
    return path
  }

  async call(...words: readonly string[]): Promise<CommandResult> {
    const result = await runCommand(program, ['--root', this.#root, ...words], {env: {BERTH_VM_GUEST: this.guest}})
    if (result.exitCode !== 0) throw new Error(`berth-vm ${words.join(' ')}: ${result.stderr}`)
    return result
  }

  /** A running container; its streams lead nowhere. */
  async start(bundle: string, globals: readonly string[] = []): Promise<string> {
    const id = this.newID()
    const child = this.spawn([...globals, 'run', '--detach', '--bundle', bundle, id], 'ignore')
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`berth-vm run --detach: exit code ${code}`)
    return id
  }

  spawn(words: readonly string[], stdin: 'ignore' | 'pipe', stdout: 'pipe' | 'ignore' = 'ignore'): ChildProcess {
    return spawn(program, ['--root', this.#root, ...words], {
      stdio: [stdin, stdout, 'ignore'],
      env: {...process.env, BERTH_VM_GUEST: this.guest},
    })
  }

  get stateDirectory(): string {
    return this.#root
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of this.#ids) await this.call('delete', '--force', id)
    await this.berth[Symbol.asyncDispose]()
    rmSync(this.directory, {recursive: true, force: true})
  }
}
