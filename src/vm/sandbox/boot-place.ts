import {availableParallelism} from 'node:os'
import {join} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {LockFile} from '../../host/index.ts'
import type {VmConfig} from '../config/vm-config.ts'

const PAUSE_MS = 20

/**
 * Waits for a place to boot in; dispose it when the guest is up. Emulated guests that boot beside more others than there are CPUs
 * slow each other down far beyond their share: of 16 on two CPUs none was up after a minute, one after the other they take
 * three seconds each. A place is a locked file, so the kernel frees that of a process that dies.
 *
 * @param directory of all machines that wait for each other
 */
export async function takeBootPlace(directory: string, {emulatedBoots}: VmConfig): Promise<LockFile> {
  const places = emulatedBoots === 0 ? availableParallelism() : emulatedBoots
  for (;;) {
    for (let place = 0; place < places; place++) {
      const taken = LockFile.tryAcquire(join(directory, String(place)))
      if (taken) return taken
    }
    await setTimeout(PAUSE_MS)
  }
}
