import {mkdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {writeFileAtomic} from '../../host/index.ts'
import {readBootID} from '../hypervisor/qemu/boot-id.ts'

/** True for the first who asks in this boot: what holds for all machines of a host is no news for each of them. */
export function firstInBoot(directory: string, topic: string): boolean {
  const path = join(directory, `told-${topic}`)
  const boot = readBootID()
  if (readText(path) === boot) return false
  mkdirSync(directory, {recursive: true, mode: 0o700})
  writeFileAtomic(path, boot, {durable: false})
  return true
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
