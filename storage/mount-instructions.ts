import {closeSync, mkdirSync, openSync, rmdirSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {EngineError} from '../src/errors/index.ts'
import {mount, mountFlags, mountMapped, run, unmount} from '../src/host/index.ts'
import type {MountInstruction} from './snapshotter.ts'

/** mount(2) takes one page of options, with a NUL. */
const MOUNT_DATA_MAX = 4095

const flagWords: Readonly<Record<string, number>> = {
  ro: mountFlags.rdonly,
  nosuid: mountFlags.nosuid,
  nodev: mountFlags.nodev,
  noexec: mountFlags.noexec,
  noatime: mountFlags.noatime,
  bind: mountFlags.bind,
  rbind: mountFlags.bind | mountFlags.rec,
  rw: 0,
}

/** Mounts on `target`, an existing directory. On failure nothing is mounted there. @throws ERR_SYSCALL, ERR_PROGRAM_MISSING, ERR_PROGRAM_FAILED */
export async function mountOn(target: string, instructions: readonly MountInstruction[]): Promise<void> {
  for (const instruction of instructions)
    if (instruction.type === 'bind') bind(target, instruction)
    else if (instruction.type === 'overlay') await mappedOverlay(target, instruction)
    else await run(instruction.source, ['-o', instruction.options.join(','), target])
}

function bind(target: string, {source, options}: MountInstruction): void {
  const flags = flagsOf(options)
  mount(source, target, '', flags & (mountFlags.bind | mountFlags.rec))
  const rest = flags & ~(mountFlags.bind | mountFlags.rec)
  if (rest === 0) return
  try {
    mount('none', target, '', mountFlags.remount | mountFlags.bind | rest)
  } catch (error) {
    unmount(target)
    throw error
  }
}

/** An overlay keeps its layers by itself: the places where they were shown with mapped ids are needed while it is mounted only. */
async function mappedOverlay(target: string, instruction: MountInstruction): Promise<void> {
  const {idMaps, options} = instruction
  if (!idMaps) return overlay(target, instruction)
  const shown = lowersOf(options).map((source, index) => ({source, target: join(dirname(target), `lower-${index}`)}))
  for (const place of shown) mkdirSync(place.target, {recursive: true, mode: 0o700})
  try {
    await mountMapped(shown, idMaps)
    const lowers = `lowerdir=${shown.map((place) => place.target).join(':')}`
    const mapped = options.map((option) => (option.startsWith('lowerdir=') ? lowers : option))
    overlay(target, {...instruction, options: mapped})
  } finally {
    for (const place of shown) {
      unmount(place.target)
      rmdirSync(place.target)
    }
  }
}

function lowersOf(options: readonly string[]): string[] {
  const option = options.find((word) => word.startsWith('lowerdir='))
  return option?.slice('lowerdir='.length).split(':') ?? []
}

function overlay(target: string, {source, options}: MountInstruction): void {
  const flags = flagsOf(options)
  const data = options.filter((option) => flagWords[option] === undefined)
  const text = data.join(',')
  if (text.length <= MOUNT_DATA_MAX) mount(source, target, 'overlay', flags, text)
  else mountThroughDescriptor(source, target, flags, data)
}

/** Many layers: the directory of their links is called by a descriptor, which makes each path some 20 bytes. */
function mountThroughDescriptor(source: string, target: string, flags: number, data: readonly string[]): void {
  const prefix = 'lowerdir='
  const lowers =
    data
      .find((option) => option.startsWith(prefix))
      ?.slice(prefix.length)
      .split(':') ?? []
  const links = dirname(lowers.at(-1) ?? '')
  const descriptor = openSync(links, 'r')
  try {
    const short = lowers.map((path) =>
      dirname(path) === links ? `/proc/self/fd/${descriptor}${path.slice(links.length)}` : path,
    )
    const text = data.map((option) => (option.startsWith(prefix) ? prefix + short.join(':') : option)).join(',')
    if (text.length > MOUNT_DATA_MAX)
      throw new EngineError('ERR_NOT_SUPPORTED', `an overlay of ${lowers.length} layers`)
    mount(source, target, 'overlay', flags, text)
  } finally {
    closeSync(descriptor)
  }
}

function flagsOf(options: readonly string[]): number {
  return options.reduce((flags, option) => flags | (flagWords[option] ?? 0), 0)
}
