import {join} from 'node:path'
import type {BuildOptions} from 'esbuild'
import {packColdModules} from './cold-pack.ts'
import {bundleHotModules} from './hot-bundle.ts'
import {readGraph} from './module-graph.ts'
import {bareCommand, missingModules} from './patches.ts'
import type {Profile} from './profiles.ts'

/**
 * Bundles the entry and all it may load, for each profile: into `NAME.cjs` what its commands evaluate, and into `NAME.pack`
 * all other modules, each to be read when somebody asks for it.
 */
export async function bundle(directory: string, profiles: readonly Profile[]): Promise<void> {
  const graph = await readGraph([join(directory, 'berth.js')], bundleOptions)
  await Promise.all(
    profiles.map(async (profile) => {
      const starts = [
        'berth',
        ...profile.commands.map((path) => `commands/${path.replaceAll(' ', '/')}`),
        ...profile.modules,
        // Reads the pack.
        'src/host/cold-modules',
      ]
      const hot = graph.reach(starts.map((module) => join(directory, `${module}.js`)))
      const parts = {directory, profile, hot: [...hot].sort(), cold: graph.without(hot), options: bundleOptions}
      await Promise.all([bundleHotModules(parts), packColdModules(parts)])
    }),
  )
}

export const bundleOptions: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  minify: true,
  legalComments: 'none',
  // In one CommonJS file there is no module path; `installRoot` then goes by the program's path.
  logOverride: {'empty-import-meta': 'silent'},
  // Opened by path at run time: a native addon.
  external: ['koffi'],
  plugins: [bareCommand, missingModules],
}
