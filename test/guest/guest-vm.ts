import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {AgentConnection} from './agent-connection.ts'

export const guestBuild = join(import.meta.dirname, '../../guest/build')
export const relayProgram = join(guestBuild, 'berth-relay')

/** Why a VM cannot be started here, or undefined. */
export function missingForVm(): string | undefined {
  if (!existsSync(join(guestBuild, 'version.json'))) return 'guest/build is not made (sh guest/build.sh)'
  const found = (process.env.PATH ?? '').split(':').some((path) => existsSync(join(path, 'qemu-system-x86_64')))
  return found ? undefined : 'qemu-system-x86_64 is not installed'
}

/** A test that is cut off by its time limit disposes of nothing. */
function endWithThisProcess(child: ChildProcess): void {
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
}

/** Without it a guest on a busy host misjudges the counter, and its clock with it. */
function tscKhz(): string {
  return execFileSync(relayProgram, ['tsc-khz']).toString().trim()
}

/** A real guest under emulation behind a real sandbox relay. */
export class GuestVm implements AsyncDisposable {
  readonly directory: string
  readonly relayPid: number
  readonly qemu: ChildProcess
  readonly startedAt: number

  private constructor(directory: string, relayPid: number, qemu: ChildProcess, startedAt: number) {
    this.directory = directory
    this.relayPid = relayPid
    this.qemu = qemu
    this.startedAt = startedAt
  }

  static start(
    options: {
      readonly memoryMiB?: number
      readonly qemuArgs?: readonly string[]
      readonly append?: string
      readonly build?: string
    } = {},
  ): GuestVm {
    const build = options.build ?? guestBuild
    const directory = mkdtempSync(join(tmpdir(), 'guest-'))
    mkdirSync(join(directory, 'share'))
    const at = (name: string) => join(directory, name)
    // biome-ignore format: one option a line
    const relayPid = Number(execFileSync(relayProgram, ['sandbox', '--channel', at('channel.sock'), '--listen', at('agent.sock'),
      '--console', at('console.sock'), '--console-log', at('console.log')]).toString())
    const startedAt = performance.now()
    const params = `${readFileSync(join(build, 'kernel-params'), 'utf8')} mitigations=off tsc_early_khz=${tscKhz()} ${options.append ?? ''}`
    // biome-ignore format: one option a line
    const qemu = spawn('qemu-system-x86_64', [
      '-machine', 'q35,usb=off,vmport=off,smm=off,i8042=off', '-accel', 'tcg', '-cpu', 'max', '-m', String(options.memoryMiB ?? 256), '-smp', '1',
      '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot',
      '-kernel', join(build, 'vmlinux'), '-initrd', join(build, 'initramfs.cpio'), '-append', params,
      '-chardev', `socket,id=console,path=${at('console.sock')}`, '-serial', 'chardev:console',
      '-device', 'virtio-serial-pci', '-chardev', `socket,id=agent,path=${at('channel.sock')}`,
      '-device', 'virtserialport,chardev=agent,name=org.berth.agent',
      '-fsdev', `local,id=share,path=${at('share')},security_model=none`, '-device', 'virtio-9p-pci,fsdev=share,mount_tag=share',
      ...(options.qemuArgs ?? []),
    ], {stdio: 'ignore'})
    endWithThisProcess(qemu)
    return new GuestVm(directory, relayPid, qemu, startedAt)
  }

  get agentSocket(): string {
    return join(this.directory, 'agent.sock')
  }

  get console(): string {
    return readFileSync(join(this.directory, 'console.log'), 'utf8')
  }

  connect(): Promise<AgentConnection> {
    return AgentConnection.open(this.agentSocket)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.qemu.exitCode === null && this.qemu.signalCode === null) {
      this.qemu.kill('SIGKILL')
      await once(this.qemu, 'exit')
    }
    try {
      process.kill(this.relayPid, 'SIGTERM')
    } catch {
      // It ends by itself when QEMU does.
    }
    rmSync(this.directory, {recursive: true, force: true})
  }
}
