import {refuse} from './refuse.ts'

const PROPAGATION = ['shared', 'rshared', 'private', 'rprivate', 'slave', 'rslave', 'unbindable', 'runbindable']

/** The options of a bind, with what podman adds to them. */
export function bindOptions(options: readonly string[]): string[] {
  const result = [...options]
  if (!options.some((option) => PROPAGATION.includes(option))) result.push('rprivate')
  if (!options.includes('bind') && !options.includes('rbind')) result.push('rbind')
  return result
}

/** A volume's content comes from anywhere: no devices and no set-uid programs unless asked for. */
export function volumeOptions(options: readonly string[]): string[] {
  const result = bindOptions(options)
  if (!options.includes('suid') && !options.includes('nosuid')) result.push('nosuid')
  if (!options.includes('dev') && !options.includes('nodev')) result.push('nodev')
  return result.filter((option) => option !== 'suid' && option !== 'dev' && option !== 'exec')
}

const TMPFS_WORDS = [
  ...[...PROPAGATION, 'rw', 'ro', 'exec', 'noexec', 'dev', 'nodev', 'suid', 'nosuid', 'tmpcopyup', 'notmpcopyup'],
  ...['noatime', 'relatime', 'strictatime', 'U', 'z', 'Z', 'sync', 'async', 'dirsync', 'mand', 'nomand'],
]
const TMPFS_VALUES = /^(size|mode|uid|gid|nr_inodes|nr_blocks|inodes|mpol)=/

/** @throws ERR_REFUSED in podman's words */
export function tmpfsOptions(options: readonly string[]): string[] {
  for (const option of options) {
    if (!TMPFS_WORDS.includes(option) && !TMPFS_VALUES.test(option)) {
      refuse(`unknown mount option ${JSON.stringify(option)}: invalid mount option`)
    }
  }
  const has = (...words: string[]): boolean => words.some((word) => options.includes(word))
  return [
    ...options.filter((option) => !['suid', 'dev', 'exec', 'notmpcopyup', 'U', 'z', 'Z'].includes(option)),
    ...(has('rw', 'ro') ? [] : ['rw']),
    ...(has(...PROPAGATION) ? [] : ['rprivate']),
    ...(has('suid', 'nosuid') ? [] : ['nosuid']),
    ...(has('dev', 'nodev') ? [] : ['nodev']),
    ...(has('tmpcopyup', 'notmpcopyup') ? [] : ['tmpcopyup']),
  ]
}
