import {EngineError} from '../errors/index.ts'
import type {ContainerListing} from '../libpod/define/container-listing.ts'
import type {ContainerState} from '../libpod/define/container-state.ts'
import type {Runtime} from '../libpod/runtime.ts'
import {type FilterTest, fitsPattern, labelTests, makeFilter, parseFilters, untilTest} from './filters.ts'

type Test = FilterTest<ContainerListing>

/** `--filter` of the container commands. @throws ERR_REFUSED; ERR_NO_SUCH_CTR for `before` and `since` */
export async function containerFilter(
  filters: readonly string[],
  runtime: Runtime,
): Promise<(listing: ContainerListing) => boolean> {
  if (filters.length === 0) return () => true
  const groups = parseFilters(filters)
  checkValues(groups)
  const createdAt = new Map(
    ['before', 'since']
      .flatMap((key) => groups.get(key) ?? [])
      .map((name) => [name, runtime.containers.lookup(name).config.createdAt]),
  )
  return makeFilter(filters, {
    tests: {
      ...tests,
      before: ({summary}, name) => summary.createdAt < (createdAt.get(name) ?? ''),
      pod: ({summary}, name) => summary.pod !== undefined && summary.pod === runtime.pods.find(name)?.id,
      since: ({summary}, name) => summary.createdAt > (createdAt.get(name) ?? ''),
    },
  })
}

const tests: Readonly<Record<string, Test>> = {
  id: ({summary}, wanted) => fitsID(summary.id, wanted),
  name: ({summary}, wanted) => fitsPattern(summary.name, wanted),
  ...labelTests<ContainerListing>(({summary}) => summary.labels),
  exited: ({state}, wanted) =>
    (state.status === 'exited' || state.status === 'stopped') && state.exitCode === Number(wanted),
  status: ({state}, wanted) => statusWords(state).includes(wanted),
  ancestor: fitsAncestor,
  volume: ({summary}, wanted) => summary.mountPoints.some((mount) => fitsVolume(mount, wanted)),
  health: ({health}, wanted) => health === wanted,
  until: untilTest<ContainerListing>(({summary}) => summary.createdAt),
  network: ({summary}, wanted) => summary.networks.some((network) => fitsPattern(network, wanted)),
  'restart-policy': ({summary: {restartPolicy}}, wanted) =>
    wanted === (restartPolicy.given ? restartPolicy.name : 'none'),
  command: ({summary}, wanted) => fitsPattern(summary.command[0] ?? '', wanted),
  'should-start-on-boot': (listing, wanted) => String(startsOnBoot(listing)) === wanted,
}

/** One that has run before, and whose policy has it run again. */
function startsOnBoot({summary, state, stoppedByUser}: ContainerListing): boolean {
  if (state.status === 'configured' || state.status === 'created') return false
  const {name} = summary.restartPolicy
  return name === 'always' || (name === 'unless-stopped' && !stoppedByUser)
}

const STATUS_WORDS = [
  'created',
  'exited',
  'initialized',
  'paused',
  'removing',
  'running',
  'stopped',
  'stopping',
  'unknown',
]

/** The words by which `--filter status=` finds a container in this state. */
function statusWords(state: ContainerState): readonly string[] {
  switch (state.status) {
    case 'configured':
      return ['created']
    case 'created':
      return ['initialized']
    case 'stopped':
      return ['exited', 'stopped']
    default:
      return [state.status]
  }
}

const RESTART_POLICIES = ['always', 'never', 'no', 'none', 'on-failure', 'unless-stopped']

function checkValues(groups: ReadonlyMap<string, readonly string[]>): void {
  for (const status of groups.get('status') ?? [])
    if (!STATUS_WORDS.includes(status)) throw new EngineError('ERR_INVALID_ARG', `unknown container state: ${status}`)
  for (const policy of groups.get('restart-policy') ?? [])
    if (!RESTART_POLICIES.includes(policy))
      throw new EngineError('ERR_REFUSED', `${policy} is not a valid restart policy`)
  for (const code of groups.get('exited') ?? [])
    if (!/^-?\d+$/.test(code))
      throw new EngineError(
        'ERR_REFUSED',
        `exited code out of range "${code}": strconv.ParseInt: parsing "${code}": invalid syntax`,
      )
}

/** An image by id, id prefix, full name, or a name without `latest` or without its registry. */
function fitsAncestor({summary}: ContainerListing, wanted: string): boolean {
  const {image} = summary
  if (!image) return false
  const withTag = /:[^/]+$/.test(wanted) ? wanted : `${wanted}:latest`
  return (
    image.name === wanted ||
    image.name === withTag ||
    image.name.endsWith(`/${withTag}`) ||
    isIDPrefix(image.id, wanted)
  )
}

function isIDPrefix(id: string, wanted: string): boolean {
  return wanted.length >= 3 && id.startsWith(wanted.replace(/^sha256:/, ''))
}

function fitsVolume(mount: {readonly destination: string; readonly source: string}, wanted: string): boolean {
  const [source, destination] = wanted.split(':')
  if (destination !== undefined) return mount.source === source && mount.destination === destination
  return mount.source === source || mount.destination === source
}

function fitsID(id: string, wanted: string): boolean {
  return /^[0-9a-fA-F]*$/.test(wanted) ? id.startsWith(wanted.toLowerCase()) : fitsPattern(id, wanted)
}
