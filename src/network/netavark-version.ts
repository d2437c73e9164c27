import {EngineError} from '../errors/index.ts'
import type {NetworkRecord} from './network-record.ts'

/** What a network asks of netavark that old ones do not know: they would pass over it without a word. */
const newer: readonly {
  readonly what: string
  readonly since: string
  readonly isUsed: (record: NetworkRecord) => boolean
}[] = [
  {what: 'ipam driver dhcp', since: '1.6', isUsed: ({ipam_options}) => ipam_options.driver === 'dhcp'},
  {what: 'option isolate=strict', since: '1.7', isUsed: ({options}) => options?.isolate === 'strict'},
  {what: 'option vrf', since: '1.8', isUsed: ({options}) => options?.vrf !== undefined},
  {what: 'option vlan', since: '1.14', isUsed: ({options}) => options?.vlan !== undefined},
  {what: 'option mode=unmanaged', since: '1.14', isUsed: ({options}) => options?.mode === 'unmanaged'},
]

/**
 * Refuses a network that the installed netavark would make without what it asks for.
 * @param version asked only when the network needs a newer one
 * @throws ERR_NOT_SUPPORTED, naming both versions
 * @see netavark RELEASE_NOTES.md
 */
export async function requireNetavark(record: NetworkRecord, version: () => Promise<string>): Promise<void> {
  const used = newer.filter(({isUsed}) => isUsed(record))
  if (used.length === 0) return
  const found = await version()
  for (const {what, since} of used)
    if (isOlder(found, since))
      throw new EngineError('ERR_NOT_SUPPORTED', `${what} needs netavark ${since} or newer, this one is ${found}`)
}

function isOlder(found: string, wanted: string): boolean {
  const [major = 0, minor = 0] = found.split('.').map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number)
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor)
}
