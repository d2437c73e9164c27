import type {Plugin} from 'esbuild'

/**
 * Node's modules that load when something calls them first, not when the program starts: each puts hundreds of objects into
 * the snapshot. Imported are functions, classes (to call with `new`, not to extend) and `constants`.
 */
export function lazyBuiltins(names: readonly string[]): Plugin {
  return {
    name: 'lazy-builtins',
    setup(build) {
      build.onResolve({filter: /^node:/}, ({path, kind}) => {
        const name = path.slice('node:'.length)
        return kind === 'import-statement' && names.includes(name) ? {path: name, namespace: 'lazy-builtin'} : undefined
      })
      build.onLoad({filter: /^/, namespace: 'lazy-builtin'}, ({path}) => ({contents: textOf(path)}))
    },
  }
}

function textOf(name: string): string {
  const module = process.getBuiltinModule(`node:${name}`) as Readonly<Record<string, unknown>> | undefined
  if (!module) throw new Error(`Node has no module ${name}`)
  const functions = Object.keys(module).filter((key) => typeof module[key] === 'function')
  return [
    `let module; const real = () => (module ??= require('node:${name}'))`,
    // Plain data, and the same in the Node that the snapshot is for.
    `export const constants = ${JSON.stringify(module.constants ?? {})}`,
    ...functions.map(
      (key) =>
        `export function ${key}(...args) { return new.target ? new (real().${key})(...args) : real().${key}(...args) }`,
    ),
  ].join('\n')
}
