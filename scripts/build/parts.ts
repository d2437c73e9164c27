import type {BuildOptions} from 'esbuild'
import type {Profile} from './profiles.ts'

/** What becomes of all modules in one profile; files are absolute paths. A module's number is its place in its list. */
export interface Parts {
  readonly directory: string
  readonly profile: Profile
  readonly hot: readonly string[]
  readonly cold: readonly string[]
  readonly options: BuildOptions
}
