import {EngineError, hasCode} from '../errors/index.ts'
import type {VolumeStore} from '../libpod/volume/index.ts'

/** The full name of a volume whose content is moved. @throws ERR_REFUSED in podman's words */
export function volumeNamed(volumes: VolumeStore, nameOrPrefix: string): string {
  requireVolumeName(nameOrPrefix)
  try {
    return volumes.lookup(nameOrPrefix).name
  } catch (cause) {
    if (!hasCode(cause, 'ERR_NO_SUCH_VOLUME')) throw cause
    throw new EngineError('ERR_REFUSED', `no such volume ${nameOrPrefix}`, {cause})
  }
}

/** The empty word is no beginning of every name. @throws ERR_REFUSED in podman's words */
export function requireVolumeName(name: string): void {
  if (name === '') throw new EngineError('ERR_REFUSED', `inspecting volume ${name}: name or ID cannot be empty`)
}
