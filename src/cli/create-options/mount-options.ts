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
    summary: 'Device to make usable inside, by its path on the host or its CDI name (repeatable)',
    valueName: 'HOST[:CONTAINER][:rwm]|VENDOR/CLASS=NAME',
  }),
  'device-cgroup-rule': flags.list({summary: "Allow devices by a rule such as 'c 188:* rwm' (repeatable)"}),
  gpus: flags.list({summary: 'NVIDIA GPU to make usable inside, by number or all (repeatable)'}),
  'image-volume': flags.string({
    summary: 'What volumes of the image become: anonymous (or bind) volumes, tmpfs, or nothing (ignore)',
    suggests: ['bind', 'anonymous', 'tmpfs', 'ignore'],
  }),
  mount: flags.array({summary: 'Mount described by keys: type=bind,source=/data,target=/data (repeatable)'}),
  'read-only': flags.bool({summary: 'Allow no writes outside of mounts'}),
  'read-only-tmpfs': flags.bool({
    summary: 'With --read-only, keep /dev, /dev/shm, /run, /tmp and /var/tmp writable, in memory',
    default: true,
  }),
  secret: flags.array({
    summary: 'Secret to show as a file or, with type=env, as a variable (repeatable)',
    valueName: 'NAME[,OPTION...]',
  }),
  'shm-size': flags.string({summary: 'Size of /dev/shm: a number with the unit b, k, m or g', valueName: 'SIZE'}),
  'shm-size-systemd': flags.string({
    summary: 'Size of /run and of /run/lock in systemd mode, such as 64m',
    valueName: 'SIZE',
  }),
  tmpfs: flags.array({summary: 'Directory to keep in memory (repeatable)', valueName: 'PATH[:OPTIONS]'}),
  volume: flags.array({
    char: 'v',
    summary: 'Volume, or file or directory of the host, to mount (repeatable)',
    valueName: '[SOURCE:]PATH[:OPTIONS]',
  }),
  'volumes-from': flags.array({
    summary: "Mount another container's volumes as well (repeatable)",
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
