import {EngineError} from '../errors/index.ts'
import type {PortMapping} from '../libpod/define/container-config.ts'

export interface WantedPort {
  readonly port: number
  readonly protocol: string
  readonly text: string
}

/** `80`, `80/udp`. @throws ERR_REFUSED */
export function parseWantedPort(text: string | undefined): WantedPort | undefined {
  if (text === undefined || text === '') return undefined
  const [port = '', protocol = 'tcp', ...more] = text.split('/')
  if (more.length > 0) throw new EngineError('ERR_REFUSED', `port formats are port/protocol. '${text}' is invalid`)
  if (!/^\d+$/.test(port)) throw new EngineError('ERR_REFUSED', `strconv.ParseUint: parsing "${port}": invalid syntax`)
  return {port: Number(port), protocol, text}
}

/** One line per published port: `80/tcp -> 0.0.0.0:8080`, only the address when one port is asked for. */
export function matchingPorts(ports: readonly PortMapping[], wanted: WantedPort | undefined): string[] {
  return ports.flatMap((mapping) =>
    Array.from({length: Math.max(1, mapping.range)}, (_, i) => i)
      .filter((i) => !wanted || (wanted.port === mapping.containerPort + i && wanted.protocol === mapping.protocol))
      .map((i) => lineOf(mapping, i, wanted !== undefined)),
  )
}

function lineOf({hostIP, hostPort, containerPort, protocol}: PortMapping, offset: number, short: boolean): string {
  const address = `${hostIP || '0.0.0.0'}:${hostPort + offset}`
  return short ? address : `${containerPort + offset}/${protocol} -> ${address}`
}
