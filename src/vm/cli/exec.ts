import {execProcess} from '../sandbox/exec-process.ts'
import {requireConsole} from './console.ts'
import {execSpec} from './exec-spec.ts'
import {waitForeground} from './foreground.ts'
import {writePidFile} from './pid-file.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: 'run one more process in a running container',
  usage: 'CONTAINER COMMAND [ARG...]',
  options: {
    'console-socket': {kind: 'value', valueName: 'PATH', summary: 'a Unix socket that gets the terminal'},
    cwd: {kind: 'value', valueName: 'DIR', summary: 'working directory'},
    env: {kind: 'list', short: 'e', valueName: 'NAME=VALUE', summary: 'one more environment variable'},
    tty: {kind: 'flag', short: 't', summary: 'give it a terminal'},
    user: {kind: 'value', short: 'u', valueName: 'UID[:GID]', summary: 'user and group'},
    'additional-gids': {kind: 'list', short: 'g', valueName: 'GID', summary: 'one more group'},
    process: {kind: 'value', short: 'p', valueName: 'FILE', summary: 'the process as JSON, in place of all these'},
    detach: {kind: 'flag', short: 'd', summary: 'return when it runs'},
    'pid-file': {kind: 'value', valueName: 'FILE', summary: 'where to write the pid of the process that stands for it'},
    cap: {kind: 'list', short: 'c', valueName: 'CAP', summary: 'one more capability'},
    'no-new-privs': {kind: 'flag', summary: 'forbid it more privileges than it starts with'},
    'ignore-paused': {kind: 'flag', summary: 'only refused when the container is paused: a frozen guest runs nothing'},
    'preserve-fds': {kind: 'value', valueName: 'N', summary: 'only 0: a descriptor cannot pass into a virtual machine'},
  },
  args: [1, Number.POSITIVE_INFINITY],
  stopAtFirstArgument: true,
  failureCode: 255,
  async run({options, args, services}) {
    const [container = '', ...command] = args
    const consoleSocket = requireConsole(options)
    const all = await services()
    const process = execSpec(all, container, command, options)
    const relay = await execProcess(all, {container, process, consoleSocket, stdio: [0, 1, 2]})
    writePidFile(options.value('pid-file'), relay.identity.pid)
    if (!options.flag('detach')) return waitForeground(relay)
    relay.release()
    return 0
  },
}
