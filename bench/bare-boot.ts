import {execFileSync, spawn} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {createServer, type Server, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {qemuArguments, socketNames} from '../src/vm/hypervisor/qemu/command-line.ts'

/** Header of a frame as docs/agent-protocol.md has it: HELLO with sixteen bytes. */
const helloHeader = Buffer.from([0xb7, 1, 1, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0])

/**
 * Milliseconds from QEMU's start to the agent's first message, with the same kernel, initramfs, processor and parameters as
 * berth-vm's machines have, but without places for later devices and memory, and without relay or anything else beside it.
 */
export async function bareBoot(guest: string): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'bare-boot-'))
  mkdirSync(join(directory, 'share'))
  const greet = (socket: Socket) => socket.write(Buffer.concat([helloHeader, randomBytes(16)]))
  const channel = await listen(join(directory, socketNames.channel))
  const console = await listen(join(directory, socketNames.console))
  console.on('connection', (socket) => socket.resume().on('error', () => {}))
  const answered = new Promise<void>((resolve, reject) =>
    channel.once('connection', (socket: Socket) => {
      socket.once('data', () => resolve())
      socket.on('error', reject)
      greet(socket)
    }),
  )
  const khz = Number(execFileSync(join(guest, 'berth-relay'), ['tsc-khz']).toString())
  const begin = performance.now()
  const qemu = spawn('qemu-system-x86_64', bareArguments(guest, directory, khz), {cwd: directory, stdio: 'ignore'})
  const ended = once(qemu, 'exit')
  try {
    await Promise.race([answered, ended.then(([code]) => Promise.reject(new Error(`qemu ended with ${code}`)))])
    return performance.now() - begin
  } finally {
    answered.catch(() => {})
    qemu.kill('SIGKILL')
    await ended
    channel.close()
    console.close()
    rmSync(directory, {recursive: true, force: true})
  }
}

function bareArguments(guest: string, directory: string, tscKhz: number): string[] {
  const machine = {
    ...{directory, name: 'bare', memoryMiB: 512, maximumMemoryMiB: 512, vcpus: 1, maximumVcpus: 1, hotplugPorts: 0},
    kernel: join(guest, 'vmlinux'),
    initramfs: join(guest, 'initramfs.cpio'),
    kernelParameters: readFileSync(join(guest, 'kernel-params'), 'utf8').trim(),
    share: {kind: '9p', path: join(directory, 'share')} as const,
  }
  return qemuArguments(machine, {program: 'qemu-system-x86_64', accelerator: 'tcg', tscKhz}, {kind: 'boot'})
}

async function listen(path: string): Promise<Server> {
  const server = createServer()
  server.listen(path)
  await once(server, 'listening')
  return server
}
