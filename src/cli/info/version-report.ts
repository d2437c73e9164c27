import {arch} from 'node:os'
import {renderTable} from '../table.ts'
import {berthVersion} from '../version.ts'

/** The version of podman whose commands and API are offered: scripts compare against it. */
export const apiVersion = '5.8.2'

export interface VersionReport {
  readonly APIVersion: string
  readonly Version: string
  /** podman's key for what compiled it; ours is Node. */
  readonly GoVersion: string
  readonly GitCommit: string
  readonly BuiltTime: string
  readonly Built: number
  readonly OsArch: string
  readonly Os: string
}

export function versionReport(): VersionReport {
  return {
    APIVersion: apiVersion,
    Version: berthVersion,
    GoVersion: `node ${process.version}`,
    GitCommit: '',
    BuiltTime: 'Thu Jan  1 00:00:00 1970',
    Built: 0,
    OsArch: `linux/${goArchitecture()}`,
    Os: 'linux',
  }
}

/** The default text of `version`. */
export function versionText(report: VersionReport): string {
  return renderTable(
    [
      ['Client:', 'Berth Engine'],
      ['Version:', report.Version],
      ['API Version:', report.APIVersion],
      ['Node Version:', process.version],
      ['OS/Arch:', report.OsArch],
    ],
    {minWidth: 0, padding: 2},
  )
}

const ARCHITECTURES: Readonly<Record<string, string>> = {x64: 'amd64', ia32: '386', ppc64: 'ppc64le'}

/** The processor's name in OCI documents. */
export function goArchitecture(): string {
  return ARCHITECTURES[arch()] ?? arch()
}
