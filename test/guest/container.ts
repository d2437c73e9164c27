import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {copyFileSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {AgentConnection} from './agent-connection.ts'
import {type GuestVm, relayProgram} from './guest-vm.ts'

const applets =
  'sh cat true false echo sleep ls id ps stty head dd md5sum kill test tty yes seq mount df wc stat hostname ip date grep nc rm'.split(
    ' ',
  )

/** A busybox root file system. */
export function fillRootfs(root: string): void {
  for (const name of ['bin', 'proc', 'sys', 'dev', 'tmp', 'etc']) mkdirSync(join(root, name), {recursive: true})
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'))
  for (const name of applets) symlinkSync('busybox', join(root, 'bin', name))
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n')
}

/** One in the VM's shared directory, mounted as the container's rootfs. */
export async function makeRootfs(vm: GuestVm, control: AgentConnection, id: string): Promise<void> {
  fillRootfs(join(vm.directory, 'share', id))
  await control.request({
    op: 'mount',
    mounts: [{type: 'bind', source: `/run/berth/share/host/${id}`, target: `/run/berth/ctr/${id}/rootfs`}],
  })
}

export async function mountShare(control: AgentConnection): Promise<void> {
  const options = ['msize=131072', 'cache=mmap']
  await control.request({
    op: 'mount',
    mounts: [{type: '9p', source: 'share', target: '/run/berth/share/host', options}],
  })
}

const capabilities = ['CAP_KILL', 'CAP_CHOWN', 'CAP_SETUID', 'CAP_SETGID']

export function processSpec(args: readonly string[], more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    user: {uid: 0, gid: 0},
    args,
    env: ['PATH=/bin'],
    cwd: '/',
    capabilities: {bounding: capabilities, effective: capabilities, permitted: capabilities},
    ...more,
  }
}

/** A config.json as a host adapts it for the guest. */
export function containerSpec(
  id: string,
  process: Record<string, unknown>,
  resources: Record<string, unknown> = {},
): string {
  return JSON.stringify({
    ociVersion: '1.0.2',
    process,
    root: {path: 'rootfs'},
    hostname: id,
    mounts: [
      {destination: '/proc', type: 'proc', source: 'proc'},
      {destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755']},
      {
        destination: '/dev/pts',
        type: 'devpts',
        source: 'devpts',
        options: ['newinstance', 'ptmxmode=0666', 'mode=0620'],
      },
      {destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['ro']},
    ],
    linux: {
      cgroupsPath: `/berth/${id}`,
      namespaces: ['pid', 'mount', 'uts', 'ipc', 'cgroup'].map((type) => ({type})),
      resources,
      seccomp: {
        defaultAction: 'SCMP_ACT_ALLOW',
        architectures: ['SCMP_ARCH_X86_64'],
        syscalls: [{names: ['swapon'], action: 'SCMP_ACT_ERRNO'}],
      },
    },
  })
}

export interface RelayOptions {
  readonly container: string
  readonly exec?: string
  readonly args?: readonly string[]
}

/** A real process relay whose stdio are pipes of the test. */
export class ProcessRelay implements AsyncDisposable {
  readonly child: ChildProcess
  #stdout: Buffer[] = []
  #stderr: Buffer[] = []
  readonly #ended: Promise<void>

  private constructor(child: ChildProcess) {
    this.child = child
    child.stdout?.on('data', (chunk: Buffer) => this.#stdout.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => this.#stderr.push(chunk))
    this.#ended = once(child, 'close').then(() => {})
  }

  static async attach(vm: GuestVm, options: RelayOptions): Promise<ProcessRelay> {
    const args = ['process', '--agent', vm.agentSocket, '--container', options.container, '--ready-fd', '3']
    if (options.exec) args.push('--exec', options.exec)
    const child = spawn(relayProgram, [...args, ...(options.args ?? [])], {stdio: ['pipe', 'pipe', 'pipe', 'pipe']})
    const relay = new ProcessRelay(child)
    let line = ''
    for await (const chunk of child.stdio[3] as AsyncIterable<Buffer>) line += chunk
    if (line !== 'ok\n') throw new Error(`relay: ${line}`)
    return relay
  }

  get stdout(): string {
    return Buffer.concat(this.#stdout).toString()
  }

  get stderr(): string {
    return Buffer.concat(this.#stderr).toString()
  }

  async ended(): Promise<{readonly code: number | null; readonly signal: string | null}> {
    await this.#ended
    return {code: this.child.exitCode, signal: this.child.signalCode}
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL')
    await this.#ended
  }
}

/** Registers and starts an exec behind a relay. */
export async function execIn(
  vm: GuestVm,
  control: AgentConnection,
  container: string,
  process: Record<string, unknown>,
  request: Record<string, unknown> = {},
  args: readonly string[] = [],
): Promise<ProcessRelay> {
  const exec = `exec-${++execCount}`
  await control.request({op: 'exec', container, exec, ...request}, JSON.stringify(process))
  const relay = await ProcessRelay.attach(vm, {container, exec, args})
  await control.request({op: 'start', container, exec})
  return relay
}
let execCount = 0
