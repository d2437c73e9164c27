import {type ContainerRequest, parseIDMaps, refuse, refuseArgument, strictKeyValues} from '../../specgen/index.ts'
import * as flags from '../flags.ts'
import type {OptionContext} from './option-context.ts'

/** Namespaces, capabilities, and what else keeps a container apart. */
export const isolationFlags = {
  'cap-add': flags.list({
    summary: 'Capability to give to the container, such as NET_ADMIN, or ALL (repeatable)',
    valueName: 'CAPABILITY',
  }),
  'cap-drop': flags.list({
    summary: 'Capability to take from the container, or ALL (repeatable)',
    valueName: 'CAPABILITY',
  }),
  cgroupns: flags.string({
    summary: 'Cgroup namespace: private, host, container:NAME or ns:PATH',
    suggests: ['host', 'private'],
  }),
  gidmap: flags.list({summary: 'Map a range of group IDs: INSIDE:OUTSIDE:COUNT (repeatable)'}),
  hostname: flags.string({char: 'h', summary: 'Host name to run under'}),
  ipc: flags.string({
    summary: 'IPC namespace: private, shareable, host, none, container:NAME or ns:PATH',
    suggests: ['host', 'private', 'shareable', 'none'],
  }),
  'no-hostname': flags.bool({
    summary: "Keep the image's /etc/hostname instead of writing one",
  }),
  pid: flags.string({
    summary: 'PID namespace: private, host, container:NAME or ns:PATH',
    suggests: ['host', 'private'],
  }),
  privileged: flags.bool({
    summary: 'Drop most of what keeps the container apart: all capabilities and devices, no seccomp',
  }),
  'seccomp-policy': flags.string({
    summary: 'Where the seccomp profile comes from: default, or a label of the image (image)',
    default: 'default',
    suggests: ['default', 'image'],
  }),
  'security-opt': flags.array({
    summary: 'Security setting: apparmor, label, mask, no-new-privileges, proc-opts, seccomp or unmask (repeatable)',
  }),
  subgidname: flags.string({summary: "Map group IDs to the ranges of this name in the host's /etc/subgid"}),
  subuidname: flags.string({summary: "Map user IDs to the ranges of this name in the host's /etc/subuid"}),
  sysctl: flags.list({summary: 'Kernel parameter to set inside (repeatable)', valueName: 'NAME=VALUE'}),
  uidmap: flags.list({summary: 'Map a range of user IDs: INSIDE:OUTSIDE:COUNT (repeatable)'}),
  userns: flags.string({
    summary: 'User namespace: host, auto, keep-id, nomap, container:NAME or ns:PATH',
    suggests: ['host', 'auto', 'keep-id', 'nomap'],
  }),
  uts: flags.string({
    summary: 'UTS namespace (host name): private, host, container:NAME or ns:PATH',
    suggests: ['host', 'private'],
  }),
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
