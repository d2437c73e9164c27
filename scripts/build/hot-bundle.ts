import {readFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {build, type Plugin} from 'esbuild'
import {lazyBuiltins} from './lazy-builtins.ts'
import type {Parts} from './parts.ts'
import {resolveReal} from './resolve-real.ts'

const COLD = 'berth:cold'
const HOT = 'berth:hot'

/** Writes `NAME.cjs`: the hot modules, with doors to the cold ones. */
export async function bundleHotModules(parts: Parts): Promise<void> {
  const {directory, profile, options} = parts
  await build({
    ...options,
    stdin: {contents: `import ${JSON.stringify(join(directory, 'berth.js'))}`, resolveDir: directory},
    outfile: join(directory, `${profile.name}.cjs`),
    plugins: [lazyBuiltins(profile.lazyBuiltins), ...(options.plugins ?? []), await doors(parts)],
  })
}

/** A cold module is, to those who import it, one line that asks the pack; the pack asks `berth:hot` for what is here. */
async function doors(parts: Parts): Promise<Plugin> {
  const numbers = new Map(parts.cold.map((file, i) => [file, i] as const))
  const texts: Readonly<Record<string, string>> = {[COLD]: coldText(parts), [HOT]: await hotText(parts)}
  return {
    name: 'doors',
    setup(build) {
      build.onResolve({filter: /^berth:/}, ({path}) => ({path, namespace: 'door'}))
      build.onLoad({filter: /^/, namespace: 'door'}, ({path}) => ({
        contents: texts[path] ?? doorTo(parts, Number(path)),
        resolveDir: parts.directory,
      }))
      resolveReal(build, (path) => {
        const number = numbers.get(path)
        return number === undefined ? undefined : {path: String(number), namespace: 'door'}
      })
    },
  }
}

function doorTo({directory, cold}: Parts, index: number): string {
  const name = JSON.stringify(relative(directory, cold[index] ?? ''))
  return `module.exports = require('${COLD}').pack.load(${index}, ${name})`
}

function coldText({directory, profile}: Parts): string {
  return [
    `import {ColdModules} from ${JSON.stringify(join(directory, 'src/host/cold-modules.js'))}`,
    `import {hot} from '${HOT}'`,
    `export const pack = new ColdModules('${profile.name}.pack', {builtin: (name) => require(name), hot})`,
  ].join('\n')
}

/**
 * The hot modules by number. A function with one `case` for each is not compiled before a cold module asks, so it puts no
 * object into the snapshot, as a table of all exports would.
 */
async function hotText(parts: Parts): Promise<string> {
  const exports = await exportsOf(parts)
  const imports: string[] = []
  const cases = parts.hot.map((file, i) => {
    const names = exports.get(file)
    if (!names) return `case ${i}: return require(${JSON.stringify(file)})`
    if (names.length > 0) {
      const bindings = names.map((name) => `${name} as ${local(i, name)}`)
      imports.push(`import {${bindings.join(', ')}} from ${JSON.stringify(file)}`)
    }
    const getters = names.map((name) => `get ${JSON.stringify(name)}() { return ${local(i, name)} }`)
    return `case ${i}: return {${['__esModule: true', ...getters].join(', ')}}`
  })
  return `${imports.join('\n')}\nexport function hot(index) { switch (index) {\n${cases.join('\n')}\n} }`
}

const local = (index: number, name: string) => `m${index}_${name}`

/** What each hot ES module exports; CommonJS modules are not in the map. */
async function exportsOf({directory, hot}: Parts): Promise<ReadonlyMap<string, readonly string[]>> {
  const modules = hot.filter((file) => file.endsWith('.js') && isModule(readFileSync(file, 'utf8')))
  const {metafile} = await build({
    entryPoints: modules,
    outdir: join(directory, 'hot'),
    outbase: '/',
    format: 'esm',
    metafile: true,
    write: false,
  })
  const outputs = Object.values(metafile.outputs)
  return new Map(outputs.map(({entryPoint = '', exports}) => [join(process.cwd(), entryPoint), exports] as const))
}

function isModule(text: string): boolean {
  return /^\s*(import|export)\b/m.test(text) && !/\bmodule\.exports\b|^exports\./m.test(text)
}
