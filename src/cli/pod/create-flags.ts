import {createFlags} from '../create-options/create-flags.ts'
import * as flags from '../flags.ts'
import {USUALLY_SHARED} from './shared-words.ts'

/** Options of `pod create` that are the infra container's; the rest of the pod's containers take part in what they give. */
export const infraFlags = pick(createFlags, [
  ...([
    'add-host',
    'blkio-weight',
    'blkio-weight-device',
    'cgroup-parent',
    'cpu-shares',
    'cpus',
    'cpuset-cpus',
  ] as const),
  ...([
    'cpuset-mems',
    'device',
    'device-read-bps',
    'device-write-bps',
    'dns',
    'dns-option',
    'dns-search',
    'gidmap',
  ] as const),
  ...([
    'gpus',
    'hostname',
    'hosts-file',
    'ip',
    'ip6',
    'label',
    'label-file',
    'mac-address',
    'memory',
    'memory-swap',
  ] as const),
  ...(['network', 'network-alias', 'no-hostname', 'no-hosts', 'pid', 'publish', 'restart', 'security-opt'] as const),
  ...([
    'shm-size',
    'shm-size-systemd',
    'subgidname',
    'subuidname',
    'sysctl',
    'uidmap',
    'userns',
    'uts',
    'volume',
    'volumes-from',
  ] as const),
])

export const podFlags = {
  ...infraFlags,
  'exit-policy': flags.string({
    summary: 'What the pod does when its last container has ended: continue or stop',
    suggests: ['continue', 'stop'],
  }),
  infra: flags.bool({
    summary: 'Give the pod an infra container, which holds what the others share',
    default: true,
  }),
  'infra-command': flags.string({summary: 'Command of the infra container'}),
  'infra-conmon-pidfile': flags.string({
    summary: "Save the process ID of the infra container's monitor (conmon) in a file",
  }),
  'infra-image': flags.string({summary: 'Image of the infra container; one is made here when left out'}),
  'infra-name': flags.string({summary: 'Name of the infra container'}),
  name: flags.string({char: 'n', summary: 'Name of the pod; made up when left out'}),
  'pod-id-file': flags.string({summary: 'Save the ID of the new pod in a file'}),
  replace: flags.bool({summary: 'Remove a pod that has this name first'}),
  share: flags.string({
    summary: 'Namespaces that its containers share: cgroup, ipc, net, pid, user, uts, or none (comma-separated)',
    default: USUALLY_SHARED,
  }),
  'share-parent': flags.bool({
    summary: "Put the cgroups of its containers below the pod's own",
    default: true,
  }),
}

export type PodCreateOptions = flags.FlagValues<typeof podFlags>

/** What `pod create` without options is given. */
export function podDefaults(): PodCreateOptions {
  const entries = Object.entries(podFlags).map(([name, flag]) => [name, (flag as {readonly default?: unknown}).default])
  return Object.fromEntries(entries) as PodCreateOptions
}

function pick<T extends object, K extends keyof T>(table: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, table[name]])) as Pick<T, K>
}
