import {existsSync} from 'node:fs'
import {resolve} from 'node:path'
import type {Plugin} from 'esbuild'

/**
 * oclif opens `process.stdout` when its command module loads, to swallow broken pipes. In a snapshot that would
 * freeze the builder's stdout into the program; ours writes to the descriptor itself and handles broken pipes there.
 */
export function patched(path: string, text: string): string {
  if (!path.endsWith('/@oclif/core/lib/command.js')) return text
  const quiet = text.replace(/process\.stdout\.on\('error'[\s\S]*?\n\}\);/, '')
  if (quiet === text) throw new Error(`${path} has changed: the listener on process.stdout is not found`)
  return quiet
}

/** A module of ours that is not there fails where it is used; that it is missing, the type check has said already. */
export const missingModules: Plugin = {
  name: 'missing-modules',
  setup(build) {
    build.onResolve({filter: /^\.\.?\/.*\.js$/}, ({path, resolveDir}) =>
      resolveDir.includes('node_modules') || existsSync(resolve(resolveDir, path)) ? undefined : {path, external: true},
    )
  },
}

/**
 * oclif's Command brings its parser, help, configuration loader and terminal output along. Ours replace them all
 * (`EngineCommand.execute`, `parse`), and a third of the time to start would go into reading them from the snapshot.
 */
export const bareCommand: Plugin = {
  name: 'bare-command',
  setup(build) {
    const replaced = /^\.\/(config|errors|help\/util|logger|parser|util\/aggregate-flags|util\/ids|util\/util|ux)$/
    build.onResolve({filter: replaced}, ({path, importer}) =>
      importer.endsWith('/@oclif/core/lib/command.js') ? {path, namespace: 'replaced'} : undefined,
    )
    build.onLoad({filter: /^/, namespace: 'replaced'}, () => ({contents: 'module.exports = {}', loader: 'js'}))
  },
}
