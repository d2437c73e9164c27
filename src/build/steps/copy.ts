import {chownSync, createReadStream, lstatSync, mkdirSync, type Stats} from 'node:fs'
import {basename, dirname, posix} from 'node:path'
import {unpackTree} from '../../../storage/index.ts'
import {EngineError} from '../../errors/index.ts'
import {resolveInRoot} from '../../host/index.ts'
import {resolveUser} from '../../oci/spec/index.ts'
import {copyTree} from '../copy/copy-tree.ts'
import {fingerprint} from '../copy/fingerprint.ts'
import {excludeFilter} from '../copy/ignore.ts'
import {isTarArchive} from '../copy/tar-archive.ts'
import {expandWord, expandWords, type Variables} from '../parse/expand.ts'
import type {Instruction} from '../parse/instruction.ts'
import {jsonForm} from '../parse/split-flags.ts'
import {type CopySource, type MadeSources, type SourceRoot, sourcesIn} from './copy-sources.ts'

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
  const excluded = await excludeFilter(
    instruction.flags.flatMap(({name, value}) => (name === 'exclude' ? [value] : [])),
  )
  const found = await findSources(instruction, words.slice(0, -1), flags.checksum, context)
  const sources = found.map((source) => ({
    ...source,
    includes: (path: string) => source.includes(path) && excluded(path),
  }))
  const destination = posix.join(posix.resolve(context.workdir, target), /(^|\/)\.?$/.test(target) ? '/' : '')
  const keepsOwner = context.keepsOwner && flags.chown === undefined
  const prints = sources.map(({path, relativePath, includes}) => [
    relativePath,
    fingerprint(path, includes, keepsOwner),
  ])
  return {
    fingerprint: JSON.stringify([instruction.keyword, flags, destination, prints]),
    apply: (rootfs) =>
      copyAll(rootfs, sources, destination, {...flags, keepsOwner, unpacks: instruction.keyword === 'ADD'}),
  }
}

interface CopyFlags {
  readonly chown?: string
  readonly chmod?: string
  readonly checksum?: string
  readonly parents: boolean
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
      await unpackTree({
        source: createReadStream(source.path),
        root: rootfs,
        path: destination,
        chown: manner.chown === undefined ? undefined : owner,
      })
      continue
    }
    const target = targetOf(rootfs, source, stat, destination, intoDirectory, manner.parents)
    makeDirectories(rootfs, posix.dirname(target), owner)
    copyTree(source.path, resolveInRoot(rootfs, target), {owner, mode, includes: source.includes})
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
  if (parents) return posix.join(destination, source.relativePath)
  if (stat.isDirectory()) return destination.replace(/\/+$/, '') || '/'
  const isThere = lstatSync(resolveInRoot(rootfs, destination), {throwIfNoEntry: false})?.isDirectory()
  return intoDirectory || isThere ? posix.join(destination, basename(source.path)) : destination
}

/** Makes missing directories inside the root filesystem; they get the owner that the copy has. */
export function makeDirectories(
  rootfs: string,
  path: string,
  owner?: {readonly uid: number; readonly gid: number},
): void {
  const missing: string[] = []
  for (
    let directory = resolveInRoot(rootfs, path);
    !lstatSync(directory, {throwIfNoEntry: false});
    directory = dirname(directory)
  )
    missing.unshift(directory)
  for (const directory of missing) {
    mkdirSync(directory, {mode: 0o755})
    if (owner) chownSync(directory, owner.uid, owner.gid)
  }
}

function ownerOf(rootfs: string, chown: string | undefined): {readonly uid: number; readonly gid: number} {
  if (chown === undefined) return {uid: 0, gid: 0}
  const {uid, gid} = resolveUser(rootfs, chown)
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
