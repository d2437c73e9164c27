import {readFileSync} from 'node:fs'
import {dirname} from 'node:path'
import type {Loader, OnResolveArgs, OnResolveResult, PluginBuild} from 'esbuild'
import {patched} from './patches.ts'

/** Files are loaded under this namespace: `module:/path/of/file.js`. */
export const MODULE = 'module'
const AGAIN = 'resolve-real'

/**
 * Tells a plugin where each import really leads, all other plugins considered, before it decides; with an undefined answer the
 * file itself is loaded. A file under a namespace of its own has no package.json: in a package of `"type": "module"` esbuild
 * would take what is required for CommonJS, and an ES module's default export for a property of its default export.
 */
export function resolveReal(
  build: PluginBuild,
  decide: (path: string, args: OnResolveArgs) => OnResolveResult | undefined,
): void {
  build.onResolve({filter: /^/}, async (args) => {
    const {path, kind, importer, resolveDir, pluginData} = args
    if (pluginData === AGAIN) return undefined
    if (kind === 'entry-point') return {path, namespace: MODULE}
    const found = await build.resolve(path, {kind, importer, resolveDir, pluginData: AGAIN})
    if (found.errors.length > 0) return {errors: found.errors}
    if (found.external || found.namespace !== 'file') return found
    return decide(found.path, args) ?? {path: found.path, namespace: MODULE, sideEffects: found.sideEffects}
  })
  build.onLoad({filter: /^/, namespace: MODULE}, ({path}) => ({
    contents: patched(path, readFileSync(path, 'utf8')),
    loader: loaderOf(path),
    resolveDir: dirname(path),
  }))
}

function loaderOf(path: string): Loader {
  return path.endsWith('.json') ? 'json' : 'js'
}
