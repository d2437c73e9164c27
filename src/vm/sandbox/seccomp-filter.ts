import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../errors/index.ts'
import {MemoryFile, writeFileAtomic, writeSeccompFilter} from '../../host/index.ts'
import type {Seccomp} from '../../oci/types/runtime-spec.ts'

/** Where crun takes a filter that is compiled already, in base64. */
const COMPILED = 'run.oci.seccomp_bpf_data'

/** What of config.json says the filter to the guest's runtime. */
export interface GuestSeccomp {
  readonly seccomp: Seccomp
  readonly annotations?: Readonly<Record<string, string>>
}

/**
 * The profile for the guest's runtime, compiled on the host: compiling the usual one takes an emulated guest a quarter of a
 * second. Kept below `root`, which a boot empties, by the profile's digest. What the host cannot compile, the guest does.
 */
export function guestSeccomp(profile: Seccomp, root: string): GuestSeccomp {
  const filter = keptFilter(profile, join(root, 'seccomp'))
  if (filter === undefined) return {seccomp: profile}
  const {defaultAction, flags} = profile
  return {
    seccomp: {defaultAction, ...(flags ? {flags} : {})},
    annotations: {[COMPILED]: filter.toString('base64')},
  }
}

function keptFilter(profile: Seccomp, directory: string): Buffer | undefined {
  const digest = createHash('sha256').update(JSON.stringify(profile)).digest('hex')
  const path = join(directory, `${digest}.bpf`)
  try {
    return readFileSync(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) return undefined
  }
  const filter = compile(profile)
  if (filter) keep(path, filter)
  return filter
}

function compile(profile: Seccomp): Buffer | undefined {
  using file = new MemoryFile()
  return writeSeccompFilter(profile, file.descriptor) ? file.bytes() : undefined
}

/** On a full disk the next one compiles again. */
function keep(path: string, filter: Buffer): void {
  try {
    writeFileAtomic(path, filter, {durable: false})
  } catch (error) {
    if (!isErrno(error, 'ENOSPC', 'EDQUOT', 'EROFS')) throw error
  }
}
