import {Config} from '@oclif/core/config'
import {berthVersion} from './version.ts'

let config: Config | undefined

/**
 * oclif's configuration ready-made: `Config.load` would search directories for plugins and read package.json at
 * every start, for data that is known when Berth is built.
 */
export function oclifConfig(): Config {
  config ??= Object.assign(new Config({root: '/'}), {
    name: 'berth',
    bin: 'berth',
    dirname: 'berth',
    version: berthVersion,
    root: '/',
    topicSeparator: ' ' as const,
    userAgent: `berth/${berthVersion}`,
  })
  return config
}
