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
  'exit-policy': flags.string({summary: 'Behaviour when the last container exits', suggests: ['continue', 'stop']}),
  infra: flags.bool({
    summary: 'Create an infra container associated with the pod to share namespaces with',
    default: true,
  }),
  'infra-command': flags.string({summary: 'The command to run on the infra container when the pod is started'}),
  'infra-conmon-pidfile': flags.string({
    summary: "Path to the file that will receive the POD of the infra container's conmon",
  }),
  'infra-image': flags.string({summary: 'The image of the infra container to associate with the pod'}),
  'infra-name': flags.string({summary: 'The name used as infra container name'}),
  name: flags.string({char: 'n', summary: 'Assign a name to the pod'}),
  'pod-id-file': flags.string({summary: 'Write the pod ID to the file'}),
  replace: flags.bool({summary: 'If a pod with the same exists, replace it'}),
  share: flags.string({
    summary: 'A comma delimited list of kernel namespaces the pod will share',
    default: USUALLY_SHARED,
  }),
  'share-parent': flags.bool({
    summary: "Set the pod's cgroup as the cgroup parent for all containers joining the pod",
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
