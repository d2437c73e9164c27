/** By what names a container is known on every network besides its own: its short id, and a hostname that was asked for. */
export function ownAliases(container: {
  readonly id: string
  readonly hostname: {readonly requested: string}
}): readonly string[] {
  const {id, hostname} = container
  return [id.slice(0, 12), ...(hostname.requested ? [hostname.requested] : [])]
}
