import {copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {loadConfig} from '../../src/config/index.ts'
import {mountPointsBelow, unmount} from '../../src/host/index.ts'
import type {Container} from '../../src/libpod/container.ts'
import type {ContainerConfig} from '../../src/libpod/define/container-config.ts'
import {Runtime} from '../../src/libpod/index.ts'
import {type EngineParts, openEngineParts} from '../../src/libpod/open-engine-parts.ts'
import {findRuntime} from '../../src/oci/runtime/find-runtime.ts'
import {testRuntime} from '../helpers/runtime.ts'
import {exampleConfig} from './example-config.ts'

const APPLETS = [
  'sh',
  'true',
  'false',
  'echo',
  'cat',
  'sleep',
  'id',
  'env',
  'ls',
  'pwd',
  'kill',
  'ps',
  'hostname',
  'head',
  'mount',
  'stty',
  'touch',
  'wc',
  'dd',
  'test',
  'trap',
  'seq',
  'yes',
  'printf',
]

/** An engine on a directory of its own, with a busybox root filesystem; everything goes when it is disposed of. */
export class EngineFixture implements AsyncDisposable {
  readonly directory: string
  readonly rootfs: string
  runtime!: Runtime
  parts!: EngineParts

  private constructor(directory: string) {
    this.directory = directory
    this.rootfs = join(directory, 'rootfs')
  }

  static async open(): Promise<EngineFixture> {
    const fixture = new EngineFixture(mkdtempSync(join(tmpdir(), 'berth-engine-')))
    makeRootfs(fixture.rootfs)
    await fixture.reopen()
    return fixture
  }

  /** As the next command would see it. */
  async reopen(options: {readonly bootID?: string} = {}): Promise<Runtime> {
    const config = loadConfig({
      globals: {
        root: join(this.directory, 'root'),
        runRoot: join(this.directory, 'run'),
        runtime: testRuntime,
        cgroupManager: 'cgroupfs',
        eventsBackend: 'file',
      },
    })
    this.parts = await openEngineParts(config, options)
    this.runtime = new Runtime(this.parts)
    return this.runtime
  }

  /** A container that runs a shell script. */
  create(script: string, changes: Partial<ContainerConfig> = {}): Promise<Container> {
    const base = exampleConfig()
    const process = {...base.process, args: ['/bin/sh', '-c', script], ...changes.process}
    return this.runtime.createContainer({
      ...base,
      rootfs: {path: this.rootfs, overlay: false},
      ...changes,
      process,
      command: process.args,
      cmd: process.args,
    })
  }

  /** Processes and mounts go, the run directory with them, as when the power fails. */
  async powerOff(): Promise<void> {
    for (const container of this.runtime.containers.list()) {
      const {State} = await container.inspect()
      for (const pid of [State.ConmonPid, State.Pid]) if (pid) process.kill(pid, 'SIGKILL')
      if (State.Pid)
        await findRuntime(testRuntime, {runtimes: {}, runtimeFlags: []}).delete(container.id, {force: true})
    }
    for (const point of mountPointsBelow(this.directory)) unmount(point)
    rmSync(join(this.directory, 'run'), {recursive: true, force: true})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const container of this.runtime.containers.list().reverse())
      await container.remove({force: true, timeoutSeconds: 0, depend: true, volumes: true}).catch(() => {})
    for (const point of mountPointsBelow(this.directory)) unmount(point)
    // The last exit command may still be writing.
    rmSync(this.directory, {recursive: true, force: true, maxRetries: 20, retryDelay: 100})
  }
}

function makeRootfs(path: string): void {
  for (const directory of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'run', 'root', 'home'])
    mkdirSync(join(path, directory), {recursive: true})
  copyFileSync('/bin/busybox', join(path, 'bin/busybox'))
  for (const applet of APPLETS) symlinkSync('busybox', join(path, 'bin', applet))
  writeFileSync(join(path, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/:/bin/sh\n')
  writeFileSync(join(path, 'etc/group'), 'root:x:0:\ndaemon:x:1:\nwheel:x:10:daemon\n')
}
