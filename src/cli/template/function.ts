import type {KnownTypes} from './go-type.ts'

export type ParameterType = 'any' | 'string' | 'int' | '[]string'

/** A function that templates may call. Arguments arrive checked against `parameters`. */
export interface TemplateFunction {
  readonly parameters: readonly ParameterType[]
  /** Any number of further arguments of this type. */
  readonly variadic?: ParameterType
  /** @throws FunctionError when the arguments make no sense together */
  call(args: readonly unknown[], types: KnownTypes): unknown
}

export type FunctionTable = Readonly<Record<string, TemplateFunction>>
