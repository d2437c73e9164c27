import * as flags from './flags.ts'

/** Options that several container commands have with the same words. */
export const latest = flags.bool({char: 'l', summary: 'Act on the latest container berth is aware of'})

export function all(summary: string) {
  return flags.bool({char: 'a', summary})
}

export const cidfile = flags.array({summary: 'Read the container ID from the file'})

const filterKeys = [
  ...['id', 'name', 'label', 'label!', 'exited', 'status', 'ancestor', 'before', 'since', 'volume', 'health', 'until'],
  ...['pod', 'network', 'restart-policy', 'command', 'should-start-on-boot'],
]

const filterOptions = {
  summary: 'Filter output based on conditions given',
  suggests: filterKeys.map((key) => `${key}=`),
}

export const filter = flags.array({...filterOptions, char: 'f'})

/** For `rm`, where `-f` is `--force`. */
export const filterWithoutLetter = flags.array(filterOptions)

export const detachKeys = flags.string({
  summary:
    'Select the key sequence for detaching a container. Format is a single character [a-Z] or a comma separated sequence of ctrl-<value>, where <value> is one of: a-z, @, ^, [, \\, ] or _',
})
