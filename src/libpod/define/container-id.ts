import {randomBytes} from 'node:crypto'
import {EngineError} from '../../errors/index.ts'

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/
const FULL_ID = /^[0-9a-f]{64}$/
const ID_PREFIX = /^[0-9a-f]{1,64}$/

/** 64 hex digits. One whose first twelve are all decimal would be read as a number by some tools. */
export function newContainerID(): string {
  for (;;) {
    const id = randomBytes(32).toString('hex')
    if (/[a-f]/.test(id.slice(0, 12))) return id
  }
}

export function isFullID(text: string): boolean {
  return FULL_ID.test(text)
}

export function isIDPrefix(text: string): boolean {
  return ID_PREFIX.test(text)
}

/** @throws ERR_INVALID_ARG in podman's words */
export function requireName(name: string): void {
  if (!NAME.test(name)) throw new EngineError('ERR_INVALID_ARG', 'names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*')
  if (name.length > 200)
    throw new EngineError('ERR_INVALID_ARG', `name ${name.slice(0, 20)}… is longer than 200 characters`)
}
