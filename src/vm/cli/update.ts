import {readFileSync} from 'node:fs'
import {EngineError, systemReason} from '../../errors/index.ts'
import type {Resources} from '../../oci/types/runtime-spec.ts'
import {updateContainer} from '../sandbox/update-container.ts'
import type {ParsedOptions} from './options.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: "change a container's limits",
  usage: 'CONTAINER',
  options: {
    resources: {kind: 'value', short: 'r', valueName: 'FILE', summary: 'the limits as JSON; - is stdin'},
    'cpu-period': {kind: 'value', valueName: 'USEC', summary: 'length of a CPU period'},
    'cpu-quota': {kind: 'value', valueName: 'USEC', summary: 'CPU time in a period'},
    'cpu-share': {kind: 'value', valueName: 'N', summary: 'CPU shares, against other containers'},
    'cpuset-cpus': {kind: 'value', valueName: 'LIST', summary: "the host's CPUs that the virtual machine may use"},
    'cpuset-mems': {
      kind: 'value',
      valueName: 'LIST',
      summary: "the host's memory nodes that the virtual machine may use",
    },
    memory: {kind: 'value', valueName: 'BYTES', summary: 'memory limit'},
    'memory-reservation': {kind: 'value', valueName: 'BYTES', summary: 'soft memory limit'},
    'memory-swap': {kind: 'value', valueName: 'BYTES', summary: 'limit of memory and swap together'},
    'pids-limit': {kind: 'value', valueName: 'N', summary: 'number of processes'},
    'blkio-weight': {kind: 'value', valueName: 'N', summary: 'weight of disk accesses'},
  },
  args: [1, 1],
  async run({args, options, services}) {
    await updateContainer(await services(), args[0] ?? '', readResources(options))
    return 0
  },
}

function readResources(options: ParsedOptions): Resources {
  const file = options.value('resources')
  if (file === undefined) return fromOptions(options)
  try {
    return JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'))
  } catch (cause) {
    throw new EngineError('ERR_INVALID_ARG', `${file}: ${systemReason(cause)}`, {cause})
  }
}

function fromOptions(options: ParsedOptions): Resources {
  const memory = defined({
    limit: options.integer('memory'),
    reservation: options.integer('memory-reservation'),
    swap: options.integer('memory-swap'),
  })
  const cpu = defined({
    period: options.integer('cpu-period'),
    quota: options.integer('cpu-quota'),
    shares: options.integer('cpu-share'),
    cpus: options.value('cpuset-cpus'),
    mems: options.value('cpuset-mems'),
  })
  const pids = options.integer('pids-limit')
  const weight = options.integer('blkio-weight')
  return (
    defined({
      memory,
      cpu,
      pids: pids === undefined ? undefined : {limit: pids},
      blockIO: weight === undefined ? undefined : {weight},
    }) ?? {}
  )
}

/** Without the fields that were not given; undefined when none was. */
function defined<T extends object>(object: T): T | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined)
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T)
}
