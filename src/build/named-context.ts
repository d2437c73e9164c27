import type {Variables} from './parse/expand.ts'

/** What `--build-context NAME=…` gives a name to. It hides a stage or an image of that name. */
export function namedContext(
  contexts: Variables,
  name: string,
): {readonly image: string} | {readonly directory: string} | undefined {
  const value = contexts[name]
  if (value === undefined) return undefined
  const image = /^(?:docker-image|container-image|docker):\/\/(.*)$/.exec(value)?.[1]
  return image === undefined ? {directory: value} : {image}
}
