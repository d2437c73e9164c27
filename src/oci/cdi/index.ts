import type {Spec} from '../types/runtime-spec.ts'
import {applyEdits} from './apply-edits.ts'
import {findCdiDevices} from './find-devices.ts'

/**
 * A config.json with the devices of vendors that a container asks for by name (Container Device Interface): nodes, mounts,
 * variables, hooks and groups as the files of the host's CDI directories say.
 * @param names `vendor.com/class=device`
 * @throws ERR_CDI_DEVICE when a name is not known, or a device node is not there
 */
export function injectDevices(spec: Spec, names: readonly string[], directories: readonly string[]): Spec {
  return applyEdits(spec, findCdiDevices(directories, names))
}
