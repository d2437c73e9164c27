import {existsSync, readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {build, type Plugin} from 'esbuild'

/** Bundles the entry and all it may load into one CommonJS file, `berth.cjs`. */
export async function bundle(directory: string): Promise<void> {
  await build({
    entryPoints: [join(directory, 'berth.js')],
    outfile: join(directory, 'berth.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    // The whole text lies in the snapshot's heap, and every start reads it.
    minify: true,
    legalComments: 'none',
    // In one CommonJS file there is no module path; `installRoot` then goes by the program's path.
    logOverride: {'empty-import-meta': 'silent'},
    // Opened by path at run time: a native addon.
    external: ['koffi'],
    plugins: [quietOclif, bareCommand, missingModules],
  })
}

/**
 * oclif opens `process.stdout` when its command module loads, to swallow broken pipes. In a snapshot that would
 * freeze the builder's stdout into the program; ours writes to the descriptor itself and handles broken pipes there.
 */
const quietOclif: Plugin = {
  name: 'oclif-without-stdout',
  setup(build) {
    build.onLoad({filter: /@oclif\/core\/lib\/command\.js$/}, ({path}) => {
      const text = readFileSync(path, 'utf8')
      const quiet = text.replace(/process\.stdout\.on\('error'[\s\S]*?\n\}\);/, '')
      if (quiet === text) throw new Error(`${path} has changed: the listener on process.stdout is not found`)
      return {contents: quiet, loader: 'js'}
    })
  },
}

/** A module of ours that is not there fails where it is used; that it is missing, the type check has said already. */
const missingModules: Plugin = {
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
const bareCommand: Plugin = {
  name: 'bare-command',
  setup(build) {
    const replaced = /^\.\/(config|errors|help\/util|logger|parser|util\/aggregate-flags|util\/ids|util\/util|ux)$/
    build.onResolve({filter: replaced}, ({path, importer}) =>
      importer.endsWith('/@oclif/core/lib/command.js') ? {path, namespace: 'replaced'} : undefined,
    )
    build.onLoad({filter: /^/, namespace: 'replaced'}, () => ({contents: 'module.exports = {}', loader: 'js'}))
  },
}
