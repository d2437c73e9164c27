import {readlinkSync} from 'node:fs'
import {EngineError} from '../errors/index.ts'

/**
 * What a container's process gets beside stdio: `--preserve-fds N` hands on the N descriptors after stderr, `--preserve-fd`
 * those it lists. @throws ERR_REFUSED for one that this process was not given
 */
export function inheritedDescriptors(given: {
  readonly 'preserve-fd': readonly number[]
  readonly 'preserve-fds': number
}): readonly number[] {
  const count = given['preserve-fds']
  const listed = given['preserve-fd'].toSorted((a, b) => a - b)
  if (count > 0 && listed.length > 0) refuse('cannot specify both --preserve-fds and --preserve-fd')
  const wanted = count > 0 ? Array.from({length: count}, (_, index) => index + 3) : listed
  const option = count > 0 ? 'preserve-fds' : 'preserve-fd'
  for (const descriptor of wanted)
    if (!isInherited(descriptor))
      refuse(
        `file descriptor ${descriptor} is not available - the ${option} option requires that file descriptors must be passed`,
      )
  return wanted
}

/** Node's own descriptors take the free numbers; the first of them is always its event poll. */
function isInherited(descriptor: number): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`) !== 'anon_inode:[eventpoll]'
  } catch {
    return false
  }
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
