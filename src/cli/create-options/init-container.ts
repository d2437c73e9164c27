import {type ContainerRequest, refuse} from '../../specgen/index.ts'
import * as flags from '../flags.ts'

/** Only `create` has it: an init container runs when its pod is started. */
export const initContainerFlag = flags.string({
  summary: 'Run before the other containers of the pod: at each start (always) or the first only (once)',
  suggests: ['always', 'once'],
})

/** @throws ERR_REFUSED in podman's words */
export function initContainerOf(
  type: string | undefined,
  hasPod: boolean,
): Pick<ContainerRequest, 'initContainer'> | undefined {
  if (type === undefined) return undefined
  if (!hasPod) refuse('must specify pod value with init-ctr')
  if (type !== 'always' && type !== 'once') refuse("init-ctr value must be 'always' or 'once'")
  return {initContainer: type}
}
