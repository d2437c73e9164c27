import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {parse} from 'yaml'
import {EngineError, isErrno} from '../../errors/index.ts'
import {type CdiSpec, type ContainerEdits, readCdiSpec} from './cdi-spec.ts'

interface Found {
  readonly edits: ContainerEdits
  readonly spec: CdiSpec
  readonly path: string
}

/** The devices of a host by their qualified names, and what kept some from being among them. */
interface Catalogue {
  readonly devices: ReadonlyMap<string, Found>
  readonly failures: readonly string[]
}

/**
 * What the devices with these names change in a container, in the order asked for; before the first device of a file what
 * that file asks for all of its devices.
 *
 * @param directories a device in a later one takes the place of one of its name in an earlier one
 * @param names `vendor.com/class=device`
 * @throws ERR_CDI_DEVICE in podman's words, and why files were left out
 */
export function findCdiDevices(directories: readonly string[], names: readonly string[]): readonly ContainerEdits[] {
  const {devices, failures} = catalogue(directories)
  const missing = names.filter((name) => !devices.has(name))
  if (missing.length > 0)
    throw new EngineError(
      'ERR_CDI_DEVICE',
      ['setting up CDI devices', `unresolvable CDI devices ${missing.join(', ')}`, ...failures].join(': '),
    )
  const found = names.flatMap((name) => devices.get(name) ?? [])
  return found.flatMap(({edits, spec}, index) =>
    found.findIndex((other) => other.spec === spec) === index ? [spec.containerEdits, edits] : [edits],
  )
}

function catalogue(directories: readonly string[]): Catalogue {
  const devices = new Map<string, Found>()
  const failures: string[] = []
  for (const directory of directories) {
    const here = new Map<string, Found>()
    const twice = new Set<string>()
    for (const path of specFiles(directory)) {
      try {
        for (const [name, found] of devicesOf(path)) {
          if (here.has(name)) twice.add(name)
          if (here.has(name)) failures.push(`${name} is defined in ${here.get(name)?.path} and ${path}`)
          here.set(name, found)
        }
      } catch (error) {
        failures.push(`${path}: ${firstLine(error as Error)}`)
      }
    }
    for (const [name, found] of here) devices.set(name, found)
    for (const name of twice) devices.delete(name)
  }
  return {devices, failures}
}

function devicesOf(path: string): readonly (readonly [name: string, found: Found])[] {
  const spec = readCdiSpec(parse(readFileSync(path, 'utf8')))
  return spec.devices.map(({name, containerEdits}) => [`${spec.kind}=${name}`, {edits: containerEdits, spec, path}])
}

/** YAML's errors show the place below their first line. */
function firstLine({message}: Error): string {
  return message.replace(/:?\n.*/s, '')
}

function specFiles(directory: string): readonly string[] {
  try {
    const names = readdirSync(directory).filter((name) => /\.(json|yaml)$/.test(name))
    return names.sort().map((name) => join(directory, name))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}
