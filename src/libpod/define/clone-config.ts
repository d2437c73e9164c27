import {randomBytes} from 'node:crypto'
import type {ContainerConfig, ContainerImage} from './container-config.ts'

export interface CloneChange {
  readonly name: string
  readonly createdAt: string
  readonly image?: ContainerImage
}

/** The config of a new container like another one: its own id and name, and the hostname that follows from the id. */
export function cloneConfig(config: ContainerConfig, {name, createdAt, image}: CloneChange): ContainerConfig {
  const id = randomBytes(32).toString('hex')
  const {hostname, process} = config
  const wasID = hostname.requested === '' && hostname.effective === config.id.slice(0, 12)
  const effective = wasID ? id.slice(0, 12) : hostname.effective
  const env = process.env.map((pair) => (pair === `HOSTNAME=${hostname.effective}` ? `HOSTNAME=${effective}` : pair))
  return {
    ...config,
    ...{id, name, createdAt},
    ...(image && {image}),
    hostname: {...hostname, effective},
    process: {...process, env},
  }
}

/** `NAME-clone`, then `NAME-clone1`, `NAME-clone2`, …: the first that is free. */
export function cloneName(name: string, isTaken: (name: string) => boolean): string {
  for (let number = 0; ; number++) {
    const candidate = `${name}-clone${number === 0 ? '' : number}`
    if (!isTaken(candidate)) return candidate
  }
}
