import type {ImageRunConfig} from '../oci/types/image-spec.ts'
import type {ContainerRequest} from './container-request.ts'
import {refuse} from './refuse.ts'

export interface Command {
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  /** Both together: what runs. */
  readonly args: readonly string[]
}

/** An entrypoint of the request also does away with the image's command: that was written for another program. */
export function resolveCommand(request: ContainerRequest, image: ImageRunConfig): Command {
  const entrypoint = request.entrypoint ?? image.Entrypoint ?? []
  const imageCommand = request.entrypoint === undefined ? (image.Cmd ?? []) : []
  const cmd = request.command && request.command.length > 0 ? request.command : imageCommand
  const args = [...entrypoint, ...cmd]
  if (args.length === 0) refuse('no command or entrypoint provided, and no CMD or ENTRYPOINT from image')
  return {entrypoint, cmd, args}
}
