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
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: false,
    legalComments: 'none',
    // In one CommonJS file there is no module path; `installRoot` then goes by the program's path.
    logOverride: {'empty-import-meta': 'silent'},
    // Opened by path at run time: a native addon.
    external: ['koffi'],
    plugins: [quietOclif, missingModules],
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
