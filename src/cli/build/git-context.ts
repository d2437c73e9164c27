import {existsSync, statSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {run} from '../../host/index.ts'

/** `git://`, `git@HOST:`, `ssh://`, `github.com/`, and `.git` behind http, https or file. */
export function isGitRepository(source: string): boolean {
  return /^(git:\/\/|git@|ssh:\/\/|github\.com\/)/.test(source) || /^(https?|file):\/\/.*\.git\/?(#.*)?$/.test(source)
}

/**
 * Clones `URL#REF:SUBDIRECTORY` (a branch, tag or commit; all of it may be left out) without its past.
 * @returns the directory that is the context @throws ERR_REFUSED
 */
export async function cloneRepository(source: string, directory: string): Promise<string> {
  const [address = '', fragment = ''] = source.split('#')
  const [ref = '', subdirectory = ''] = fragment.split(':')
  const url = address.startsWith('github.com/') ? `https://${address}` : address
  const git = (...args: readonly string[]) => runGit(directory, args)
  await git('init', '--quiet')
  await git('remote', 'add', 'origin', '--', url)
  await git('fetch', '--quiet', '--depth', '1', 'origin', ref || 'HEAD')
  await git('checkout', '--quiet', 'FETCH_HEAD')
  if (existsSync(join(directory, '.gitmodules')))
    await git('submodule', 'update', '--quiet', '--init', '--recursive', '--depth', '1')
  const context = resolve(directory, `./${subdirectory}`)
  const isInside = context === directory || context.startsWith(`${directory}/`)
  if (isInside && statSync(context, {throwIfNoEntry: false})?.isDirectory()) return context
  throw new EngineError('ERR_REFUSED', `context must be a directory: ${JSON.stringify(subdirectory)} in ${url}`)
}

async function runGit(directory: string, args: readonly string[]): Promise<void> {
  try {
    await run('git', ['-C', directory, ...args], {env: {GIT_TERMINAL_PROMPT: '0'}})
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', `git ${args[0]}: ${(cause as Error).message}`, {cause})
  }
}
