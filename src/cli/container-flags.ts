import * as flags from './flags.ts'

/** Options that several container commands have with the same words. */
export const latest = flags.bool({char: 'l', summary: 'Choose the container that was created last'})

export function all(summary: string) {
  return flags.bool({char: 'a', summary})
}

export const cidfile = flags.array({summary: 'Choose the container whose ID is in this file (repeatable)'})

const filterKeys = [
  ...['id', 'name', 'label', 'label!', 'exited', 'status', 'ancestor', 'before', 'since', 'volume', 'health', 'until'],
  ...['pod', 'network', 'restart-policy', 'command', 'should-start-on-boot'],
]

const filterOptions = {
  summary: 'Choose only containers that fit KEY=VALUE (repeatable)',
  suggests: filterKeys.map((key) => `${key}=`),
}

export const filter = flags.array({...filterOptions, char: 'f'})

/** For `rm`, where `-f` is `--force`. */
export const filterWithoutLetter = flags.array(filterOptions)

export const detachKeys = flags.string({
  summary: 'Keys that detach from the container: letters or ctrl-KEY, comma-separated',
})
