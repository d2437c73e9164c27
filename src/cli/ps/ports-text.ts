import type {PortMapping} from '../../libpod/define/container-config.ts'

/** The PORTS column: `0.0.0.0:8080->80/tcp, 443/tcp`, successive ports as a range. */
export function portsText(ports: readonly PortMapping[], exposed: readonly string[]): string {
  const published = ports.flatMap(singlePorts)
  const seen = new Set(published.map((port) => `${port.containerPort}/${port.protocol}`))
  return [...joinRanges(published).map(mappingText), ...exposed.filter((port) => !seen.has(port))].join(', ')
}

interface Span {
  readonly hostIP: string
  readonly hostPort: number
  readonly containerPort: number
  readonly protocol: string
  readonly count: number
}

function singlePorts({hostIP, hostPort, containerPort, protocol, range}: PortMapping): Span[] {
  return Array.from({length: Math.max(1, range)}, (_, i) => ({
    ...{hostIP: hostIP || '0.0.0.0', protocol, count: 1},
    hostPort: hostPort + i,
    containerPort: containerPort + i,
  }))
}

function joinRanges(ports: readonly Span[]): Span[] {
  const sorted = [...ports].sort(byPlace)
  const spans: Span[] = []
  for (const port of sorted) {
    const last = spans.at(-1)
    if (last && continues(last, port)) spans[spans.length - 1] = {...last, count: last.count + 1}
    else spans.push(port)
  }
  return spans
}

function byPlace(a: Span, b: Span): number {
  if (a.hostIP !== b.hostIP) return a.hostIP < b.hostIP ? -1 : 1
  if (a.protocol !== b.protocol) return a.protocol < b.protocol ? -1 : 1
  return a.hostPort - b.hostPort || a.containerPort - b.containerPort
}

function continues(span: Span, next: Span): boolean {
  return (
    span.protocol === next.protocol &&
    span.hostIP === next.hostIP &&
    span.hostPort + span.count === next.hostPort &&
    span.containerPort + span.count === next.containerPort
  )
}

function mappingText({hostIP, hostPort, containerPort, protocol, count}: Span): string {
  return `${hostIP}:${rangeText(hostPort, count)}->${rangeText(containerPort, count)}/${protocol}`
}

function rangeText(first: number, count: number): string {
  return count === 1 ? String(first) : `${first}-${first + count - 1}`
}
