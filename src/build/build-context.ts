import type {BuildRequest, BuildServices} from './build-request.ts'
import type {Variables} from './parse/expand.ts'
import type {StageSources} from './stage-sources.ts'

/** What all stages of a build share. */
export interface BuildContext {
  readonly request: BuildRequest
  readonly services: BuildServices
  readonly globalArgs: Variables
  readonly escapeChar: string
  readonly sources: StageSources
  /** Set when another stage has failed. */
  readonly stop: AbortSignal
}
