import {createContainer} from '../sandbox/create-container.ts'
import type {ProcessRelay} from '../sandbox/relay.ts'
import type {VmServices} from '../sandbox/services.ts'
import {requireConsole, withStdio} from './console.ts'
import {requireContainerID} from './container-id.ts'
import type {OptionTable} from './options.ts'
import type {VerbContext} from './verb.ts'

/** Options that `create` and `run` have in common. */
export const createOptions: OptionTable = {
  bundle: {kind: 'value', short: 'b', valueName: 'DIR', summary: 'the bundle (default: the current directory)'},
  console: {kind: 'value', valueName: 'PATH', summary: 'a pseudo terminal for the process'},
  'console-socket': {
    kind: 'value',
    valueName: 'PATH',
    summary: 'a Unix socket that gets the terminal, when the process has one',
  },
  'pid-file': {
    kind: 'value',
    valueName: 'FILE',
    summary: 'where to write the pid of the process that stands for the container',
  },
  'no-pivot': {kind: 'flag', summary: 'without meaning here; for callers of other runtimes'},
  'no-new-keyring': {kind: 'flag', summary: 'without meaning here: a guest has its own keyrings'},
  'preserve-fds': {kind: 'value', valueName: 'N', summary: 'only 0: a descriptor cannot pass into a virtual machine'},
}

/** The first half of `create` and `run`: a container whose process waits for start. The caller releases the relay or waits for it. */
export async function createFromBundle({
  options,
  args,
  services,
}: VerbContext): Promise<{all: VmServices; id: string; relay: ProcessRelay}> {
  const id = requireContainerID(args[0])
  const consoleSocket = requireConsole(options)
  const all = await services()
  const relay = await withStdio(options, (stdio) =>
    createContainer(all, {id, bundle: options.value('bundle') ?? '.', consoleSocket, stdio}),
  )
  return {all, id, relay}
}
