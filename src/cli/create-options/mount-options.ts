import {
  bytes,
  type ContainerRequest,
  parseDeviceRule,
  parseDevices,
  parseMount,
  parseTmpfs,
  parseVolume,
  refuse,
  type SecretRequest,
} from '../../specgen/index.ts'
import * as flags from '../flags.ts'
import type {OptionContext} from './option-context.ts'

/** Files and devices. */
export const mountFlags = {
  device: flags.array({
    summary: 'Add a host device to the container',
    valueName: 'HOST[:CONTAINER][:rwm]|VENDOR/CLASS=NAME',
  }),
  'device-cgroup-rule': flags.list({summary: 'Add a rule to the cgroup allowed devices list'}),
  gpus: flags.list({summary: 'GPU devices to add to the container'}),
  'image-volume': flags.string({
    summary: 'Tells berth how to handle the builtin image volumes ("bind"|"anonymous"|"tmpfs"|"ignore")',
    suggests: ['bind', 'anonymous', 'tmpfs', 'ignore'],
  }),
  mount: flags.array({summary: 'Attach a filesystem mount to the container'}),
  'read-only': flags.bool({summary: 'Make containers root filesystem read-only'}),
  'read-only-tmpfs': flags.bool({
    summary: 'When running --read-only containers mount read-write tmpfs on /dev, /dev/shm, /run, /tmp and /var/tmp',
    default: true,
  }),
  secret: flags.array({summary: 'Add secret to container', valueName: 'NAME[,OPTION...]'}),
  'shm-size': flags.string({summary: 'Size of /dev/shm (format: <number>[<unit>])', valueName: 'SIZE'}),
  'shm-size-systemd': flags.string({
    summary: 'Size of systemd specific tmpfs mounts (/run, /run/lock)',
    valueName: 'SIZE',
  }),
  tmpfs: flags.array({summary: 'Mount a temporary filesystem (tmpfs) into a container', valueName: 'PATH[:OPTIONS]'}),
  volume: flags.array({
    char: 'v',
    summary: 'Bind mount a volume into the container',
    valueName: '[SOURCE:]PATH[:OPTIONS]',
  }),
  'volumes-from': flags.array({
    summary: 'Mount volumes from the specified container(s)',
    valueName: 'CONTAINER[:OPTIONS]',
  }),
}

type Given = flags.FlagValues<typeof mountFlags>

export function mountRequest(given: Given, context: OptionContext): Partial<ContainerRequest> {
  const {workingDirectory} = context
  return {
    ...parseDevices([...given.device, ...given.gpus.map((name) => `nvidia.com/gpu=${name}`)]),
    deviceCgroupRules: given['device-cgroup-rule'].map(parseDeviceRule),
    imageVolumeMode: given['image-volume'] === undefined ? undefined : volumeMode(given['image-volume']),
    mounts: [
      ...given.volume.map((text) => parseVolume(text, workingDirectory)),
      ...given.mount.flatMap((text) => parseMount(text, workingDirectory)),
      ...given.tmpfs.map(parseTmpfs),
    ],
    volumesFrom: given['volumes-from'],
    ...(context.changed('read-only') && {readOnly: given['read-only']}),
    readOnlyTmpfs: given['read-only-tmpfs'],
    secrets: given.secret.map(secret),
    shmSizeBytes: sizeOf(given['shm-size'], '--shm-size'),
    shmSizeSystemdBytes: sizeOf(given['shm-size-systemd'], '--shm-size-systemd'),
  }
}

function sizeOf(text: string | undefined, option: string): number | undefined {
  return text === undefined ? undefined : bytes(text, `unable to translate ${option}: `)
}

function volumeMode(word: string): ContainerRequest['imageVolumeMode'] {
  if (word === 'bind' || word === 'anonymous') return 'anonymous'
  if (word === 'tmpfs' || word === 'ignore') return word
  return refuse(`invalid image volume mode ${JSON.stringify(word)} required value: bind, tmpfs, ignore`)
}

/** `NAME[,type=mount|env][,target=…][,uid=…][,gid=…][,mode=…]` */
function secret(text: string): SecretRequest {
  const fields = text.split(',').map((field) => field.split(/=(.*)/s))
  const values = new Map(
    fields.filter(([, value]) => value !== undefined).map(([key = '', value = '']) => [key, value]),
  )
  const [bare] = fields.find(([, value]) => value === undefined) ?? []
  const name = bare ?? values.get('source') ?? refuse(`no source found ${text}: parsing secret`)
  const known = ['source', 'type', 'target', 'uid', 'gid', 'mode']
  const unknown = [...values.keys()].find((key) => !known.includes(key))
  if (unknown) refuse(`option ${unknown}=${values.get(unknown)} invalid: parsing secret`)
  const kind = values.get('type') ?? 'mount'
  if (kind !== 'mount' && kind !== 'env') refuse(`type ${kind} is invalid: parsing secret`)
  if (kind === 'env' && ['uid', 'gid', 'mode'].some((key) => values.has(key))) {
    refuse('UID, GID, Mode options cannot be set with secret type env: parsing secret')
  }
  return {
    name,
    kind,
    target: values.get('target'),
    uid: numberOf(values.get('uid'), 10, 'UID'),
    gid: numberOf(values.get('gid'), 10, 'GID'),
    mode: numberOf(values.get('mode'), 8, 'mode'),
  }
}

function numberOf(text: string | undefined, radix: 8 | 10, what: string): number | undefined {
  if (text === undefined) return undefined
  const valid = radix === 8 ? /^[0-7]+$/ : /^\d+$/
  return valid.test(text) ? Number.parseInt(text, radix) : refuse(`${what} ${text} invalid: parsing secret`)
}
