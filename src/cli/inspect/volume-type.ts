import {type GoType, goTypes} from '../template/index.ts'

const {flag, map, number, struct, text, time} = goTypes

export const inspectVolumeType: GoType = struct({
  ...{CreatedAt: time, Status: map, Labels: map, Options: map, UID: number, GID: number, Timeout: number},
  ...{Anonymous: flag, NeedsCopyUp: flag, NeedsChown: flag, StorageID: text},
})
