import {createContainer} from '../sandbox/create-container.ts'
import {requireConsole, withStdio} from './console.ts'
import {requireContainerID} from './container-id.ts'
import type {OptionTable} from './options.ts'
import {writePidFile} from './pid-file.ts'
import type {Verb} from './verb.ts'

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

export const verb: Verb = {
  summary: 'make a container; its process waits for start',
  usage: 'CONTAINER',
  options: createOptions,
  args: [1, 1],
  async run({options, args, services}) {
    const id = requireContainerID(args[0])
    const consoleSocket = requireConsole(options)
    const all = await services()
    const relay = await withStdio(options, (stdio) =>
      createContainer(all, {id, bundle: options.value('bundle') ?? '.', consoleSocket, stdio}),
    )
    relay.release()
    // Last: containerd and conmon take the container for created when they see it.
    writePidFile(options.value('pid-file'), relay.identity.pid)
    return 0
  },
}
