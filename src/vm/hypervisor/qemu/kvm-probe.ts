import {text} from 'node:stream/consumers'
import {killProcess, spawnDetached} from '../../../host/index.ts'

/** A kernel prints its first line within some 100 ms on a KVM that works. */
const DEADLINE_MS = 3000

/**
 * Boots the guest's kernel on KVM, without initramfs, until it prints its first line.
 * @returns why KVM is not usable, or undefined when the guest spoke
 */
export async function probeKvm(options: {
  readonly program: string
  readonly kernel: string
}): Promise<string | undefined> {
  const child = await spawnDetached(options.program, probeArguments(options.kernel), {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const {1: console, 2: messages} = child.pipes
  if (!console || !messages) return 'probe has no console'
  const complaint = text(messages)
  const spoke = new Promise<'spoke'>((resolve) => console.once('data', () => resolve('spoke')))
  let timer: NodeJS.Timeout | undefined
  const silent = new Promise<'silent'>((resolve) => {
    timer = setTimeout(() => resolve('silent'), DEADLINE_MS)
  })
  const result = await Promise.race([spoke, silent, child.ended])
  clearTimeout(timer)
  killProcess(child.pid)
  await child.ended
  if (result === 'spoke') return undefined
  if (result === 'silent') return `a guest on KVM printed nothing in ${DEADLINE_MS} ms`
  return `a guest on KVM ended with ${result}: ${(await complaint).trim().split('\n').at(-1) ?? ''}`
}

function probeArguments(kernel: string): string[] {
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-sandbox', 'on,spawn=deny'],
    ...['-machine', 'q35,accel=kvm', '-cpu', 'host', '-m', '128M', '-serial', 'stdio'],
    ...['-kernel', kernel, '-append', 'console=ttyS0 earlyprintk=serial panic=-1'],
  ]
}
