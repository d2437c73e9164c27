import {EngineError} from '../../errors/index.ts'
import type {OptionTable, ParsedOptions} from './options.ts'
import type {Globals} from './verb.ts'

export const globalOptions: OptionTable = {
  root: {
    kind: 'value',
    valueName: 'DIR',
    summary: 'directory for state; it should be on a tmpfs (default: /run/berth-vm)',
  },
  log: {kind: 'value', valueName: 'FILE', summary: 'file that errors are written to, besides stderr'},
  'log-format': {kind: 'value', valueName: 'text|json', summary: 'form of the log (default: text)'},
  debug: {kind: 'flag', summary: 'log what is done, and how virtual machines run'},
  'systemd-cgroup': {kind: 'flag', summary: 'cgroupsPath is SLICE:PREFIX:NAME, as systemd names cgroups'},
  config: {
    kind: 'value',
    valueName: 'FILE',
    summary: 'configuration (default: $BERTH_VM_CONF or /etc/berth/berth-vm.toml)',
  },
  timings: {
    kind: 'value',
    valueName: 'FILE',
    summary: 'add when each step began and ended to FILE, also in the guest; `timings FILE` shows it',
  },
  help: {kind: 'flag', short: 'h', summary: 'show help'},
  version: {kind: 'flag', short: 'v', summary: 'print the version'},
}

export function readGlobals(options: ParsedOptions): Globals {
  const format = options.value('log-format')
  if (format !== undefined && format !== 'text' && format !== 'json')
    throw new EngineError('ERR_REFUSED', `invalid log-format: ${format}`)
  return {
    root: options.value('root') ?? '/run/berth-vm',
    debug: options.flag('debug'),
    systemdCgroup: options.flag('systemd-cgroup'),
    config: options.value('config'),
  }
}
