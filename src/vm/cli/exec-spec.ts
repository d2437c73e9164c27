import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, systemReason} from '../../errors/index.ts'
import type {Process, User} from '../../oci/types/runtime-spec.ts'
import {parseSpec} from '../sandbox/bundle.ts'
import type {VmServices} from '../sandbox/services.ts'
import type {ParsedOptions} from './options.ts'

/** The process of `exec`: a document of its own, or the container's process with a command line's changes. */
export function execSpec(
  services: VmServices,
  container: string,
  command: readonly string[],
  options: ParsedOptions,
): Process {
  const file = options.value('process')
  if (file !== undefined) return parseProcess(file)
  if (command.length === 0) throw new EngineError('ERR_INVALID_ARG', 'process args cannot be empty')
  return changed(containerProcess(services, container), command, options)
}

function parseProcess(file: string): Process {
  let process: Process
  try {
    process = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new EngineError('ERR_INVALID_ARG', `${file}: ${systemReason(cause)}`, {cause})
  }
  if (!Array.isArray(process?.args) || process.args.length === 0 || typeof process.cwd !== 'string')
    throw new EngineError('ERR_INVALID_ARG', `${file}: args or cwd is missing`)
  return process
}

function containerProcess({store}: VmServices, container: string): Process {
  const record = store.findContainer(store.sandboxOf(container), container)
  if (!record) throw new EngineError('ERR_OCI_CTR_UNKNOWN', container)
  const {process} = parseSpec(readFileSync(join(record.bundle, 'config.json'), 'utf8'))
  return process as Process
}

/** As runc's getProcess: no terminal unless asked for, capabilities and variables are added. */
function changed(base: Process, command: readonly string[], options: ParsedOptions): Process {
  const {consoleSize: _size, ...process} = base
  const user = options.value('user')
  const groups = options.list('additional-gids').map(Number)
  return {
    ...process,
    args: [...command],
    terminal: options.flag('tty'),
    cwd: options.value('cwd') ?? process.cwd,
    env: [...(process.env ?? []), ...options.list('env')],
    user: {
      ...(user === undefined ? process.user : parseUser(user)),
      ...(groups.length > 0 ? {additionalGids: [...(process.user.additionalGids ?? []), ...groups]} : {}),
    },
    noNewPrivileges: options.flag('no-new-privs') || process.noNewPrivileges,
    capabilities: withCapabilities(process.capabilities, options.list('cap')),
  }
}

function withCapabilities(base: Process['capabilities'], added: readonly string[]): Process['capabilities'] {
  if (added.length === 0) return base
  const join = (list: readonly string[] = []) => [...new Set([...list, ...added])]
  return {
    ...base,
    bounding: join(base?.bounding),
    effective: join(base?.effective),
    permitted: join(base?.permitted),
    inheritable: join(base?.inheritable),
  }
}

function parseUser(text: string): User {
  const match = /^(\d+)(?::(\d+))?$/.exec(text)
  if (!match) throw new EngineError('ERR_INVALID_ARG', `--user: ${text} is not UID[:GID]`)
  return {uid: Number(match[1]), gid: Number(match[2] ?? 0)}
}
