import {EngineError} from '../errors/index.ts'

/** What Berth leaves to others, and who does it. @see containers-transports(5) */
const elsewhere = new Map([
  ['tarball', 'use import'],
  ['docker-daemon', "Berth does not talk to Docker's daemon: use docker save and load, or a registry"],
  ['sif', 'an image of Singularity is turned into an archive by its own tools'],
])
const STORE = 'containers-storage:'
const DOCKER = 'docker://'

/** Whether the name says where the image is, and does not leave it to the search. */
export function namesTransport(text: string): boolean {
  return text.startsWith(DOCKER) || text.startsWith(STORE) || refusedTransport(text) !== undefined
}

/** A name that a registry has; `docker://` may be written out. @throws ERR_NOT_SUPPORTED for a transport that is refused */
export function registryName(text: string): string {
  if (text === DOCKER) throw new EngineError('ERR_REFUSED', 'invalid reference format')
  if (text.startsWith(DOCKER)) return text.slice(DOCKER.length)
  const transport = refusedTransport(text)
  if (transport !== undefined)
    throw new EngineError('ERR_NOT_SUPPORTED', `transport ${transport}: ${elsewhere.get(transport)}`)
  return text
}

/** The name in `containers-storage:NAME`, which is Berth's own store. @throws ERR_NOT_SUPPORTED for another store */
export function storedName(text: string): string | undefined {
  if (!text.startsWith(STORE)) return undefined
  const name = text.slice(STORE.length)
  if (name.startsWith('['))
    throw new EngineError(
      'ERR_NOT_SUPPORTED',
      `${text}: another store than Berth's own: use push and pull with an archive`,
    )
  return name
}

/**
 * The name by which an image of the store is looked up: `containers-storage:` says no more than that.
 * @throws ERR_REFUSED in podman's words for what is elsewhere
 */
export function localName(text: string): string {
  const other = /^(dir|docker(?=:\/\/)|docker-archive|docker-daemon|oci|oci-archive|sif):/.exec(text)?.[1]
  if (other !== undefined)
    throw new EngineError('ERR_REFUSED', `unsupported transport "${other}" for looking up local images`)
  return storedName(text) ?? text
}

function refusedTransport(text: string): string | undefined {
  const word = /^([a-z-]+):/.exec(text)?.[1]
  return word !== undefined && elsewhere.has(word) ? word : undefined
}
