import {type GoType, goTypes} from '../template/index.ts'

const {map, struct, text, time} = goTypes

/** A row of `secret ls`. */
export const listedSecretType: GoType = struct(
  {ID: text, Name: text, CreatedAt: text, UpdatedAt: text, Driver: text},
  '*entities.SecretListReport',
)

export const inspectSecretType: GoType = struct(
  {
    ...{ID: text, CreatedAt: time, UpdatedAt: time, SecretData: text},
    Spec: struct({Name: text, Driver: struct({Name: text, Options: map}, 'entities.SecretDriverSpec'), Labels: map}),
  },
  '*entities.SecretInfoReport',
)
