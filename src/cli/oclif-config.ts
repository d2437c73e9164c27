import type {Config} from '@oclif/core'
import {berthVersion} from './version.ts'

/**
 * What an oclif command reads of its configuration. Loading oclif's own would search directories for plugins and read
 * package.json at every start, for data that is known when Berth is built.
 */
export function oclifConfig(): Config {
  const config = {
    name: 'berth',
    bin: 'berth',
    dirname: 'berth',
    version: berthVersion,
    root: '/',
    topicSeparator: ' ',
    userAgent: `berth/${berthVersion}`,
  } as const satisfies Partial<Config>
  return config as unknown as Config
}
