import {existsSync} from 'node:fs'
import {EngineError} from '../../errors/index.ts'
import type {VmConfig} from '../config/vm-config.ts'

/** Files that a machine needs and that the guest's build makes. */
export function missingGuestFiles(config: VmConfig): string[] {
  return [config.kernel, config.initramfs, config.relay].filter((path) => !existsSync(path))
}

/** @throws ERR_VM_CONFIG naming the files */
export function requireGuestImage(config: VmConfig): void {
  const missing = missingGuestFiles(config)
  if (missing.length > 0)
    throw new EngineError(
      'ERR_VM_CONFIG',
      `${missing.join(', ')}: no such file; \`npm run setup\` makes the guest image`,
    )
}
