import {refuse} from '../refuse.ts'

/** Words that exclude each other; the text is how podman lists them. */
const GROUPS: readonly {readonly words: readonly string[]; readonly text: string}[] = [
  {words: ['rw', 'ro'], text: "'rw' or 'ro'"},
  {words: ['Z', 'z'], text: "'z' or 'Z'"},
  {
    words: ['shared', 'rshared', 'private', 'rprivate', 'slave', 'rslave', 'unbindable', 'runbindable'],
    text: "'[r]shared', '[r]private', '[r]slave' or '[r]unbindable'",
  },
  {words: ['bind', 'rbind'], text: "'bind' or 'rbind'"},
  {words: ['copy', 'nocopy'], text: "'copy' or 'nocopy'"},
  {words: ['dev', 'nodev'], text: "'nodev' or 'dev'"},
  {words: ['exec', 'noexec'], text: "'noexec' or 'exec'"},
  {words: ['suid', 'nosuid'], text: "'nosuid' or 'suid'"},
]
const SINGLE = ['O', 'U', 'idmap', 'noatime']

/**
 * Checks the option words of `-v` (and of `--mount`, turned into such words): each known, none against another.
 * @throws ERR_REFUSED in podman's words
 */
export function checkVolumeWords(options: readonly string[]): void {
  const seen = new Map<object, string>()
  for (const option of options) {
    const group = GROUPS.find(({words}) => words.includes(option))
    if (group) {
      const other = seen.get(group)
      if (other) refuse(`invalid options "${other}, ${option}", can only specify 1 ${group.text} option`)
      seen.set(group, option)
    } else if (!isSingle(option)) refuse(`invalid option type "${option}"`)
  }
}

function isSingle(option: string): boolean {
  return SINGLE.includes(option) || /^(upperdir|workdir|idmap|size|mode)=/.test(option)
}

/** Splits at commas, except inside the value of `idmap=uids=0-1-10#…;gids=…`, which has none. */
export function words(text: string): string[] {
  return text.split(',').filter((word) => word !== '')
}

/** @throws ERR_REFUSED */
export function checkDestination(path: string): string {
  if (path === '') refuse('container directory cannot be empty')
  if (!path.startsWith('/')) refuse(`invalid container path "${path}", must be an absolute path`)
  return path.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '')
}
