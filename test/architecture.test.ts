import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import {describe, expect, test} from 'vitest'

const repository = join(import.meta.dirname, '..')

/** Imported by anything; imports only other leaves. */
const leaves = ['src/oci/types', 'src/errors', 'src/config', 'src/host', 'src/timings', 'package.json']

const services = ['src/image', 'storage', 'src/network', 'src/shim', 'src/oci']

/**
 * What each folder may import besides the leaves and itself. The first folder that holds a file decides.
 * `src/index.ts` is the library's front door and re-exports from anywhere.
 */
const allowed: readonly (readonly [folder: string, imports: readonly string[]])[] = [
  ['commands', ['src/cli', 'src/build', 'src/specgen', 'src/libpod', 'src/image', 'src/network', 'storage']],
  ['src/cli', ['src/build', 'src/specgen', 'src/libpod', 'src/image', 'src/network', 'storage']],
  ['src/build', ['src/specgen', 'src/libpod', 'src/image', 'src/oci', 'storage']],
  ['src/specgen', ['src/libpod/define', 'src/image', 'src/oci/spec/spec-template.ts']],
  ['src/libpod/define', ['src/oci/spec/spec-template.ts', 'src/image', 'src/network']],
  ['src/libpod', services],
  ['src/image', ['storage']],
  ['src/shim', ['src/oci']],
  ['storage', []],
  ['src/network', []],
  ['src/vm', []],
  ...leaves.map((leaf) => [leaf, []] as const),
  ['src/oci', []],
]

interface Import {
  readonly from: string
  readonly to: string
}

describe('imports point down', () => {
  const files = ['commands', 'src', 'storage'].flatMap(sources)
  const imports = files.flatMap(importsOf)

  test('there is something to look at', () => {
    expect(imports.length).toBeGreaterThan(50)
  })

  test('every folder is in the table', () => {
    expect(files.filter((file) => file !== 'src/index.ts' && folderOf(file) === undefined)).toEqual([])
  })

  test('every folder of the table is there', () => {
    expect(allowed.filter(([folder]) => !existsSync(join(repository, folder)))).toEqual([])
  })

  test.each(allowed)('%s', (folder, targets) => {
    const permitted = [folder, ...leaves, ...targets]
    const wrong = imports.filter(
      ({from, to}) => folderOf(from) === folder && !permitted.some((target) => isIn(to, target)),
    )
    expect(wrong.map(({from, to}) => `${from} imports ${to}`)).toEqual([])
  })
})

test('no files import each other in a circle', () => {
  const files = ['commands', 'src', 'storage'].flatMap(sources)
  expect(circles(new Map(files.map((file) => [file, importsOf(file).map(({to}) => to)])))).toEqual([])
})

describe('libraries stay in their place', () => {
  const place: readonly (readonly [library: string, folder: string])[] = [
    ['execa', 'src/host/process.ts'],
    ['lowdb', 'src/host/json-store.ts'],
    ['chalk', 'src/cli'],
    ['koffi', 'src/host/native.ts'],
  ]

  test.each(place)('%s only in %s', (library, folder) => {
    const users = ['commands', 'src', 'storage'].flatMap(sources).filter((file) => specifiers(file).includes(library))
    expect(users.filter((file) => !isIn(file, folder))).toEqual([])
  })
})

/** Each way that leads back to a file which it came through; one for each file where that is noticed. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' -> '))
    if (way.includes(file) || done.has(file)) return
    for (const next of imports.get(file) ?? []) visit(next, [...way, file])
    done.add(file)
  }
  for (const file of imports.keys()) visit(file, [])
  return found
}

function folderOf(file: string): string | undefined {
  return allowed.find(([folder]) => isIn(file, folder))?.[0]
}

function isIn(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`)
}

function sources(folder: string): string[] {
  return readdirSync(join(repository, folder), {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
}

function importsOf(file: string): Import[] {
  return specifiers(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => ({from: file, to: relative(repository, join(repository, dirname(file), specifier))}))
}

function specifiers(file: string): string[] {
  const text = readFileSync(join(repository, file), 'utf8')
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'"\n]*(?:\{[^}]*\}[^'"\n]*)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '')
}
