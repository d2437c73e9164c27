import {builtinFunctions} from './builtin-functions.ts'
import {evaluate, type Program} from './evaluator.ts'
import type {FunctionTable} from './function.ts'
import {type GoType, KnownTypes} from './go-type.ts'
import {typed} from './go-value.ts'
import {parse} from './parser.ts'
import {podmanFunctions} from './podman-functions.ts'

/** A parsed template in Go's language with podman's functions; may be executed many times. */
export class Template {
  readonly #program: Program

  /**
   * @param name what error messages call it: the command's last word
   * @throws ERR_REFUSED when the text is not a valid template
   */
  constructor(name: string, text: string, functions: FunctionTable = {}) {
    const all = {...builtinFunctions, ...podmanFunctions, ...functions}
    this.#program = {name, text, ...parse(name, text, new Set(Object.keys(all))), functions: all}
  }

  /** @throws ERR_REFUSED when the data lacks a field or a function gets a wrong argument */
  execute(data: unknown, type?: GoType): string {
    const types = new KnownTypes()
    return evaluate(this.#program, typed(data, type, types), types)
  }
}
