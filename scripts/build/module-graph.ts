import {resolve} from 'node:path'
import {type BuildOptions, build, type Metafile} from 'esbuild'

/** Which module imports which: all that the program may ever load. */
export class ModuleGraph {
  readonly #evaluated = new Map<string, readonly string[]>()

  constructor({inputs}: Metafile) {
    for (const [file, {imports}] of Object.entries(inputs)) {
      if (isMadeUp(file)) continue
      const evaluated = imports.filter(
        ({kind, external, path}) => kind !== 'dynamic-import' && !external && !isMadeUp(path),
      )
      this.#evaluated.set(
        resolve(file),
        evaluated.map(({path}) => resolve(path)),
      )
    }
  }

  /** The modules given and all that is evaluated with them, as absolute paths: what `import()` names is not. */
  reach(starts: readonly string[]): ReadonlySet<string> {
    const reached = new Set<string>()
    const waiting = [...starts]
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (reached.has(file)) continue
      reached.add(file)
      waiting.push(...(this.#evaluated.get(file) ?? []))
    }
    return reached
  }

  /** All modules except those given, as absolute paths, sorted. */
  without(files: ReadonlySet<string>): readonly string[] {
    return [...this.#evaluated.keys()].filter((file) => !files.has(file)).sort()
  }
}

/** Not a file but a text that a plugin made, named `namespace:path`. */
function isMadeUp(input: string): boolean {
  return /^[a-z-]+:/.test(input)
}

/** Reads the imports of these files and of all they may load. */
export async function readGraph(files: readonly string[], options: BuildOptions): Promise<ModuleGraph> {
  // Split into shared parts and not minified: only the imports are of interest.
  const quick: BuildOptions = {format: 'esm', splitting: true, minify: false, outdir: '/graph', write: false}
  const {metafile} = await build({...options, ...quick, entryPoints: [...files], metafile: true})
  if (!metafile) throw new Error('esbuild gave no metafile')
  return new ModuleGraph(metafile)
}
