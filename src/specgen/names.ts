import {refuseArgument} from './refuse.ts'

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/

/** @throws ERR_INVALID_ARG in podman's words, after `prefix` */
export function checkName(name: string, prefix = 'running container create option: '): string {
  if (!NAME.test(name)) refuseArgument(`${prefix}names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*`)
  return name
}
