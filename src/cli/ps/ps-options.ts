import {EngineError} from '../../errors/index.ts'

/** The options of `ps`, as parsed. */
export interface PsOptions {
  readonly all: boolean
  readonly external: boolean
  readonly filter: readonly string[]
  readonly format?: string
  readonly last: number
  readonly latest: boolean
  readonly 'no-trunc': boolean
  readonly noheading: boolean
  readonly ns: boolean
  readonly pod: boolean
  readonly quiet: boolean
  readonly size: boolean
  readonly sort?: string
  readonly sync: boolean
}

/** Combinations that podman refuses. @throws ERR_REFUSED */
export function checkPsOptions(options: PsOptions): void {
  if (options.last >= 0 && options.latest) refuse('last and latest are mutually exclusive')
  if (options.size && options.ns) refuse('size and namespace options conflict')
  if (options.quiet && (options.ns || options.size)) refuse('quiet conflicts with size and namespace')
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
