import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import type {NetworkStatus} from '../../../network/index.ts'
import type {NetworkAttachment} from '../../define/container-config.ts'
import type {HeldContainer} from '../held-container.ts'
import {CheckpointFiles} from './checkpoint-files.ts'

type Status = Readonly<Record<string, NetworkStatus>>

/** The addresses that the processes knew themselves by. */
export function saveNetworkStatus({engine, id}: HeldContainer): void {
  const status: Status = engine.networks.containers.find(id)?.status ?? {}
  writeFileSync(new CheckpointFiles(engine, id).path('networkStatus'), JSON.stringify(status), {mode: 0o600})
}

/** The attachments with the addresses of then, as far as they are wanted. */
export function withAddressesOf(
  files: CheckpointFiles,
  attachments: readonly NetworkAttachment[],
  options: {readonly ignoreStaticIP?: boolean; readonly ignoreStaticMAC?: boolean},
): readonly NetworkAttachment[] {
  const path = files.path('networkStatus')
  const status: Status = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Status) : {}
  return attachments.map((attachment) => {
    const [made] = Object.values(status[attachment.network]?.interfaces ?? {})
    const {staticIPs, staticMAC, ...others} = attachment
    const addresses = made?.subnets?.map(({ipnet}) => ipnet.replace(/\/\d+$/, ''))
    const hardware = made?.mac_address ?? staticMAC
    return {
      ...others,
      staticIPs: options.ignoreStaticIP ? [] : (addresses ?? staticIPs),
      ...(!options.ignoreStaticMAC && hardware && {staticMAC: hardware}),
    }
  })
}
