import {type GoType, goTypes} from '../template/index.ts'

const {flag, map, number, struct, text, time} = goTypes

const fields = {
  ...{CreatedAt: time, Status: map, Labels: map, Options: map, UID: number, GID: number, Timeout: number},
  ...{Anonymous: flag, NeedsCopyUp: flag, NeedsChown: flag, StorageID: text},
}

export const inspectVolumeType: GoType = struct(fields, 'interface {}')

/** A row of `volume ls`. */
export const listedVolumeType: GoType = struct(fields, '*entities.VolumeListReport')
