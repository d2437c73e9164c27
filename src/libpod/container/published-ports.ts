import type {ContainerSummary, PortMapping} from '../define/container-config.ts'

/** The published ports of the network namespace that a container is in: its own, or those of the container it shares it with. */
export function publishedPorts(
  summary: ContainerSummary,
  find: (id: string) => ContainerSummary | undefined,
): readonly PortMapping[] {
  const owner = summary.networkOf === undefined ? undefined : find(summary.networkOf)
  return owner ? publishedPorts(owner, find) : summary.ports
}
