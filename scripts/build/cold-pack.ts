import {writeFileSync} from 'node:fs'
import {join, relative, resolve} from 'node:path'
import {type BuildOptions, build, type Plugin} from 'esbuild'
import {coldName, hotName} from './module-names.ts'
import type {Parts} from './parts.ts'
import {MODULE, resolveReal} from './resolve-real.ts'

/**
 * Writes `NAME.pack`: the cold modules as CommonJS texts one after the other, behind a table of offset and length (32 bits
 * each, little endian) per module. `src/host/cold-modules.ts` reads it.
 */
export async function packColdModules(parts: Parts): Promise<void> {
  const {directory, profile, cold} = parts
  const texts = await coldTexts(parts)
  const table = Buffer.alloc(8 * cold.length)
  let offset = table.length
  texts.forEach((text, i) => {
    table.writeUInt32LE(offset, 8 * i)
    table.writeUInt32LE(text.length, 8 * i + 4)
    offset += text.length
  })
  writeFileSync(join(directory, `${profile.name}.pack`), Buffer.concat([table, ...texts]))
}

/** Each cold module's text, in order; what it imports is named by number. */
async function coldTexts({directory, hot, cold, options}: Parts): Promise<readonly Buffer[]> {
  const {metafile, outputFiles} = await build({
    ...options,
    entryPoints: [...cold],
    plugins: [...(options.plugins ?? []), numbered(hot, cold)],
    // `import()` becomes a promise of require().
    supported: {'dynamic-import': false},
    outdir: join(directory, 'cold'),
    outbase: '/',
    metafile: true,
    write: false,
  } satisfies BuildOptions)
  const contents = new Map(outputFiles.map(({path, contents: text}) => [path, text]))
  const byEntry = new Map<string, Uint8Array>()
  for (const [output, {entryPoint}] of Object.entries(metafile.outputs)) {
    const text = contents.get(resolve(output))
    if (entryPoint !== undefined && text) byEntry.set(entryPoint.slice(`${MODULE}:`.length), text)
  }
  return cold.map((file) => {
    const text = byEntry.get(file)
    if (!text) throw new Error(`esbuild made nothing of ${file}`)
    // Names the module in stack traces.
    return Buffer.concat([text, Buffer.from(`//# sourceURL=${relative(directory, file)}\n`)])
  })
}

function numbered(hot: readonly string[], cold: readonly string[]): Plugin {
  const names = new Map([
    ...hot.map((file, i) => [file, hotName(i)] as const),
    ...cold.map((file, i) => [file, coldName(i)] as const),
  ])
  return {
    name: 'numbered-modules',
    setup: (build) =>
      resolveReal(build, (path) => {
        const name = names.get(path)
        return name === undefined ? undefined : {path: name, external: true}
      }),
  }
}
