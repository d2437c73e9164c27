import type {EngineEvent} from '../libpod/define/event.ts'
import {goJson} from './go-json.ts'
import {GoTime} from './template/index.ts'

/** One line of `events`, in podman's words. */
export function eventText(event: EngineEvent, noTrunc: boolean): string {
  const id = noTrunc ? event.ID : event.ID?.slice(0, 12)
  const head = `${new GoTime(event.Time)} ${event.Type} ${event.Status}`
  switch (event.Type) {
    case 'container':
    case 'pod':
      return `${head} ${id ?? ''} (${details(event)})`
    case 'image':
      return `${head} ${id ?? ''} ${event.Name}${event.Error ? ` ${event.Error}` : ''}`
    case 'network':
      return `${head} ${id ?? ''} (${networkDetails(event)})`
    default:
      return event.Name ? `${head} ${event.Name}` : head
  }
}

function details(event: EngineEvent): string {
  const {Image, Name, PodID, HealthStatus, HealthFailingStreak, HealthLog, Attributes} = event
  return [
    `image=${Image ?? ''}`,
    `name=${Name}`,
    ...(PodID ? [`pod_id=${PodID}`] : []),
    ...(HealthStatus ? [`health_status=${HealthStatus}`, `health_failing_streak=${HealthFailingStreak ?? 0}`] : []),
    ...(HealthStatus ? [`health_log=${HealthLog ?? ''}`] : []),
    ...Object.entries(Attributes ?? {}).map(([key, value]) => `${key}=${value}`),
  ].join(', ')
}

function networkDetails({Status, ID, Name, Network, Attributes}: EngineEvent): string {
  if (Status === 'create' || Status === 'remove') return `name=${Name}, type=${Attributes?.driver ?? 'bridge'}`
  return `container=${ID ?? ''}, name=${Network ?? Name}`
}

/** An event as templates see it. */
export function eventRow(event: EngineEvent) {
  const {Name, Status, Type, Time, Network, HealthStatus, ...rest} = event
  const time = new GoTime(Time)
  return {
    ...{ID: '', Image: '', PodID: '', HealthLog: '', HealthFailingStreak: 0, Error: '', ContainerInspectData: ''},
    ContainerExitCode: null,
    ...rest,
    ...{Name, Status, Type},
    Network: Network ?? '',
    HealthStatus: HealthStatus ?? '',
    Time: time.Unix(),
    TimeNano: time.UnixNano(),
    Attributes: event.Attributes ?? {},
  }
}

/** An event as `--format json` prints it, one per line. */
export function eventJson(event: EngineEvent): string {
  const {Name, Status, Type, Time, Network, HealthStatus, ...rest} = event
  const time = new GoTime(Time)
  const text = goJson({
    ...rest,
    ...{Name, Status},
    ...(Network !== undefined && {network: Network}),
    ...(HealthStatus !== undefined && {health_status: HealthStatus}),
    time: time.Unix(),
    timeNano: String(time.UnixNano()),
    Type,
    Attributes: event.Attributes ?? null,
  })
  // More digits than a JavaScript number holds.
  return text.replace(/"timeNano":"(\d+)"/, '"timeNano":$1')
}
