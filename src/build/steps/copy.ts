import {createReadStream, lstatSync, type Stats} from 'node:fs'
import {posix} from 'node:path'
import {unpackTree} from '../../../storage/index.ts'
import {EngineError} from '../../errors/index.ts'
import {resolveInRoot} from '../../host/index.ts'
import {copyTree} from '../copy/copy-tree.ts'
import {fingerprint} from '../copy/fingerprint.ts'
import {excludeFilter} from '../copy/ignore.ts'
import {isTarArchive} from '../copy/tar-archive.ts'
import {expandWord, expandWords, type Variables} from '../parse/expand.ts'
import type {Instruction} from '../parse/instruction.ts'
import {jsonForm} from '../parse/split-flags.ts'
import {type CopySource, type MadeSources, type SourceRoot, sourcesIn} from './copy-sources.ts'
import {makeDirectories, type Owner, ownerNamed} from './make-directories.ts'

/** COPY or ADD with everything looked up: what goes in, and how to put it there. */
export interface PreparedCopy {
  /** The same inputs have the same fingerprint. */
  readonly fingerprint: string
  /** Copies into a mounted root filesystem. */
  apply(rootfs: string): Promise<void>
}

export interface CopyContext {
  readonly variables: Variables
  readonly escapeChar: string
  readonly workdir: string
  /** What `--from` names, or the build context. */
  readonly root: SourceRoot
  /** Owners are kept when copying from a stage or an image. */
  readonly keepsOwner: boolean
  readonly made: MadeSources
}

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  COPY: ['from', 'chown', 'chmod', 'link', 'parents', 'exclude'],
  ADD: ['from', 'chown', 'chmod', 'link', 'exclude', 'checksum', 'keep-git-dir', 'unpack'],
}

/** @throws ERR_CONTAINERFILE, ERR_REFUSED */
export async function prepareCopy(instruction: Instruction, context: CopyContext): Promise<PreparedCopy> {
  const flags = flagsOf(instruction, context)
  const words = argumentsOf(instruction, context)
  const target = words.at(-1) ?? ''
  const kept = await excludeFilter(instruction.flags.flatMap(({name, value}) => (name === 'exclude' ? [value] : [])))
  const found = await findSources(instruction, words.slice(0, -1), flags.checksum, context)
  const sources = found
    .filter(({relativePath, name}) => kept(relativePath) && kept(name))
    .map((source) => ({
      ...source,
      includes: (path: string) => source.includes(path) && kept(path) && kept(posix.join(source.relativePath, path)),
    }))
  const destination = posix.join(posix.resolve(context.workdir, target), /(^|\/)\.?$/.test(target) ? '/' : '')
  const keepsOwner = context.keepsOwner && flags.chown === undefined
  const prints = sources.map(({path, name, keptPath, includes}) => [
    name,
    keptPath,
    fingerprint(path, includes, keepsOwner),
  ])
  return {
    fingerprint: JSON.stringify([instruction.keyword, flags, destination, prints]),
    apply: (rootfs) =>
      copyAll(rootfs, sources, destination, {
        ...{...flags, keepsOwner, unpacks: instruction.keyword === 'ADD' && flags.unpack},
        stripsSetID: !context.keepsOwner,
      }),
  }
}

interface CopyFlags {
  readonly chown?: string
  readonly chmod?: string
  readonly checksum?: string
  readonly parents: boolean
  /** Archives are unpacked: `--unpack=false` copies them as they are. */
  readonly unpack: boolean
}

function flagsOf({keyword, flags, line}: Instruction, {variables, escapeChar}: CopyContext): CopyFlags {
  const unknown = flags.find(({name}) => !FLAGS[keyword]?.includes(name))
  if (unknown) throw new EngineError('ERR_CONTAINERFILE', `line ${line}: unknown flag: --${unknown.name}`)
  const value = (name: string) => {
    const flag = flags.findLast((candidate) => candidate.name === name)
    return flag && expandWord(flag.value, variables, escapeChar)
  }
  return {
    chown: value('chown'),
    chmod: value('chmod'),
    checksum: value('checksum'),
    parents: value('parents') === 'true',
    unpack: value('unpack') !== 'false',
  }
}

/** Sources, then the target. Here-documents count as sources; their `<<NAME` words are dropped. */
function argumentsOf(
  {text, heredocs, line, keyword}: Instruction,
  {variables, escapeChar}: CopyContext,
): readonly string[] {
  const listed = jsonForm(text)?.map((word) => expandWord(word, variables, escapeChar))
  const words = (listed ?? expandWords(text, variables, escapeChar)).filter(
    (word) => !/^<<-?./.test(word) || heredocs.length === 0,
  )
  if (words.length + heredocs.length < 2)
    throw new EngineError('ERR_CONTAINERFILE', `line ${line}: ${keyword} requires at least two arguments`)
  return words
}

async function findSources(
  instruction: Instruction,
  words: readonly string[],
  checksum: string | undefined,
  {root, made, variables, escapeChar}: CopyContext,
): Promise<readonly CopySource[]> {
  const urls = instruction.keyword === 'ADD' ? words.filter((word) => /^https?:\/\//.test(word)) : []
  const downloads = await Promise.all(urls.map((url) => made.download(url, checksum)))
  const local = sourcesIn(
    root,
    words.filter((word) => !urls.includes(word)),
  )
  return [...local, ...downloads, ...made.heredocs(instruction, variables, escapeChar)]
}

interface CopyManner extends CopyFlags {
  readonly keepsOwner: boolean
  readonly unpacks: boolean
  readonly stripsSetID: boolean
}

async function copyAll(
  rootfs: string,
  sources: readonly CopySource[],
  destination: string,
  manner: CopyManner,
): Promise<void> {
  const intoDirectory = destination.endsWith('/') || sources.length > 1 || manner.parents
  const owner = manner.keepsOwner ? undefined : ownerOf(rootfs, manner.chown)
  const mode = manner.chmod === undefined ? undefined : modeOf(manner.chmod)
  for (const source of sources) {
    const stat = lstatSync(source.path)
    if (manner.unpacks && source.mayUnpack && stat.isFile() && isTarArchive(source.path)) {
      makeDirectories(rootfs, destination, owner)
      await unpackTree({source: createReadStream(source.path), root: rootfs, path: destination})
      continue
    }
    const target = targetOf(rootfs, source, stat, destination, intoDirectory, manner.parents)
    makeDirectories(rootfs, stat.isDirectory() && !manner.parents ? target : posix.dirname(target), owner)
    const {includes} = source
    copyTree(source.path, resolveInRoot(rootfs, target), {owner, mode, includes, stripsSetID: manner.stripsSetID})
  }
}

/** Where a source lands, inside the container: a directory's content goes into the target itself. */
function targetOf(
  rootfs: string,
  source: CopySource,
  stat: Stats,
  destination: string,
  intoDirectory: boolean,
  parents: boolean,
): string {
  if (parents) return posix.join(destination, source.keptPath)
  if (stat.isDirectory()) return destination.replace(/\/+$/, '') || '/'
  const isThere = lstatSync(resolveInRoot(rootfs, destination), {throwIfNoEntry: false})?.isDirectory()
  return intoDirectory || isThere ? posix.join(destination, source.name) : destination
}

function ownerOf(rootfs: string, chown: string | undefined): Owner {
  if (chown === undefined) return {uid: 0, gid: 0}
  const {uid, gid} = ownerNamed(rootfs, chown)
  return {uid, gid: chown.includes(':') ? gid : numericOwner(chown, gid)}
}

/** `--chown=7` alone gives the group 7 too, as buildah does for a number that passwd does not know. */
function numericOwner(chown: string, gid: number): number {
  return /^\d+$/.test(chown) && gid === 0 ? Number(chown) : gid
}

function modeOf(text: string): number {
  if (!/^[0-7]{1,5}$/.test(text))
    throw new EngineError('ERR_REFUSED', `parsing chmod ${JSON.stringify(text)}: invalid syntax`)
  return Number.parseInt(text, 8)
}
