import {type ContainerRequest, refuse} from '../../specgen/index.ts'
import * as flags from '../flags.ts'

/** Only `create` has it: an init container runs when its pod is started. */
export const initContainerFlag = flags.string({
  summary: 'Make this a pod init container',
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
