import {EngineError} from '../../errors/index.ts'

/** Ids become file names and names in the guest. @throws ERR_INVALID_ARG */
export function requireContainerID(id: string | undefined): string {
  if (id === undefined || id === '') throw new EngineError('ERR_INVALID_ARG', 'container id cannot be empty')
  if (id.length > 128 || !/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(id))
    throw new EngineError('ERR_INVALID_ARG', `invalid container ID format ${JSON.stringify(id)}`)
  return id
}
