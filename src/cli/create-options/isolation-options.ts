import {type ContainerRequest, parseIDMaps, refuse, refuseArgument, strictKeyValues} from '../../specgen/index.ts'
import * as flags from '../flags.ts'
import type {OptionContext} from './option-context.ts'

/** Namespaces, capabilities, and what else keeps a container apart. */
export const isolationFlags = {
  'cap-add': flags.list({summary: 'Add capabilities to the container', valueName: 'CAPABILITY'}),
  'cap-drop': flags.list({summary: 'Drop capabilities from the container', valueName: 'CAPABILITY'}),
  cgroupns: flags.string({summary: 'cgroup namespace to use', suggests: ['host', 'private']}),
  gidmap: flags.list({summary: 'GID map to use for the user namespace'}),
  hostname: flags.string({char: 'h', summary: 'Set container hostname'}),
  ipc: flags.string({summary: 'IPC namespace to use', suggests: ['host', 'private', 'shareable', 'none']}),
  'no-hostname': flags.bool({
    summary: 'Do not create /etc/hostname within the container, instead use the version from the image',
  }),
  pid: flags.string({summary: 'PID namespace to use', suggests: ['host', 'private']}),
  privileged: flags.bool({summary: 'Give extended privileges to container'}),
  'seccomp-policy': flags.string({
    summary: 'Policy for selecting a seccomp profile (experimental)',
    default: 'default',
    suggests: ['default', 'image'],
  }),
  'security-opt': flags.array({summary: 'Security Options'}),
  subgidname: flags.string({summary: 'Name of range listed in /etc/subgid for use in user namespace'}),
  subuidname: flags.string({summary: 'Name of range listed in /etc/subuid for use in user namespace'}),
  sysctl: flags.list({summary: 'Sysctl options', valueName: 'NAME=VALUE'}),
  uidmap: flags.list({summary: 'UID map to use for the user namespace'}),
  userns: flags.string({summary: 'User namespace to use', suggests: ['host', 'auto', 'keep-id', 'nomap']}),
  uts: flags.string({summary: 'UTS namespace to use', suggests: ['host', 'private']}),
}

type Given = flags.FlagValues<typeof isolationFlags>

export function isolationRequest(given: Given, context: OptionContext): Partial<ContainerRequest> {
  return {
    ...{capAdd: given['cap-add'], capDrop: given['cap-drop']},
    ...{pidns: given.pid, ipcns: given.ipc, utsns: given.uts, cgroupns: given.cgroupns},
    userns: given.userns ?? (context.environment.PODMAN_USERNS || undefined),
    ...{uidMap: parseIDMaps(given.uidmap, 'UID'), gidMap: parseIDMaps(given.gidmap, 'GID')},
    ...{subUidName: given.subuidname, subGidName: given.subgidname},
    ...{hostname: given.hostname, noHostname: given['no-hostname']},
    ...(context.changed('privileged') && {privileged: given.privileged}),
    seccompPolicy: seccompPolicy(given['seccomp-policy']),
    security: securityOf(given['security-opt']),
    sysctl: strictKeyValues(
      given.sysctl,
      (text) => `${text} is invalid, sysctl values must be in the form of KEY=VALUE`,
    ),
  }
}

function seccompPolicy(word: string): 'default' | 'image' {
  if (word === 'default' || word === 'image') return word
  return refuse(`invalid seccomp policy ${JSON.stringify(word)}: valid policies are ["default" "image"]`)
}

type Security = {
  -readonly [K in keyof NonNullable<ContainerRequest['security']>]: NonNullable<ContainerRequest['security']>[K]
}

/** `KEY=VALUE` or `KEY:VALUE`; paths of masks are joined by colons. */
export function securityOf(options: readonly string[]): Security {
  const security: Security = {}
  for (const option of options) {
    if (option === 'no-new-privileges') {
      security.noNewPrivileges = true
      continue
    }
    const [key = '', value] = option.split(/[=:](.*)/s)
    if (value === undefined) refuse(`invalid --security-opt 1: ${JSON.stringify(option)}`)
    apply(security, key, value, option)
  }
  return security
}

function apply(security: Security, key: string, value: string, option: string): void {
  switch (key) {
    case 'no-new-privileges':
      if (value !== 'true' && value !== 'false') refuse(`invalid --security-opt 2: ${JSON.stringify(option)}`)
      security.noNewPrivileges = value === 'true'
      break
    case 'apparmor':
      security.apparmor = value
      break
    case 'seccomp':
      security.seccomp = value
      break
    case 'label':
      security.label = [...(security.label ?? []), value]
      break
    case 'mask':
      security.mask = [...(security.mask ?? []), ...absolutePaths(value)]
      break
    case 'unmask':
      security.unmask = [...(security.unmask ?? []), ...value.split(':')]
      break
    case 'proc-opts':
      security.procOptions = value.split(',')
      break
    default:
      refuse(`invalid --security-opt 2: ${JSON.stringify(option)}`)
  }
}

function absolutePaths(text: string): string[] {
  const paths = text.split(':')
  const relative = paths.find((path) => !path.startsWith('/'))
  if (relative !== undefined) refuseArgument(`mask path ${JSON.stringify(relative)} must be absolute`)
  return paths
}
