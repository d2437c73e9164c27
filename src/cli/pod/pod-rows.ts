import {EngineError} from '../../errors/index.ts'
import type {Pod} from '../../libpod/pod/index.ts'
import {humanAge} from '../human-duration.ts'
import {type GoType, goTypes} from '../template/index.ts'

/** A pod as `pod ps` shows it; names are those of podman's templates and JSON. */
export interface PodRow {
  readonly Id: string
  readonly Name: string
  readonly Status: string
  readonly Created: string
  readonly CreatedAt: string
  readonly Cgroup: string
  readonly InfraId: string
  readonly Containers: readonly {
    readonly Id: string
    readonly Names: string
    readonly Status: string
    readonly RestartCount: number
  }[]
  readonly NumberOfContainers: number
  readonly ContainerIds: string
  readonly ContainerNames: string
  readonly ContainerStatuses: string
  /** Always empty, as podman's. */
  readonly Namespace: string
  readonly Networks: readonly string[]
  readonly Labels: Readonly<Record<string, string>>
}

const {map, number, slice, struct, text} = goTypes

/** What templates can ask of a row, where ids are as long as they are to be shown and networks are one text. */
export const listedPodType: GoType = struct(
  {
    ...{Id: text, ID: text, Name: text, Status: text, Created: text, CreatedAt: text, Cgroup: text, InfraId: text},
    ...{InfraID: text, Containers: slice, NumberOfContainers: number, ContainerIds: text, ContainerNames: text},
    ...{ContainerStatuses: text, Namespace: text, Networks: text, Labels: map},
  },
  'pods.ListPodReporter',
)

/** Columns of the options that ask for more. */
export const podColumns: Readonly<Record<string, readonly string[]>> = {
  'ctr-ids': ['ContainerIds'],
  'ctr-names': ['ContainerNames'],
  'ctr-status': ['ContainerStatuses'],
  ns: ['Cgroup', 'Namespace'],
}

export function podRow(pod: Pod, networks: readonly string[]): PodRow {
  const {config} = pod
  const members = pod.members()
  return {
    ...{
      Id: config.id,
      Name: config.name,
      Status: pod.status(),
      Created: humanAge(config.createdAt),
      CreatedAt: config.createdAt,
    },
    ...{
      Namespace: '',
      Cgroup: config.cgroupParent,
      InfraId: config.infraID ?? '',
      Networks: networks,
      Labels: config.labels,
    },
    Containers: members.map(({id, name, status, restartCount}) => ({
      Id: id,
      Names: name,
      Status: status,
      RestartCount: restartCount,
    })),
    NumberOfContainers: members.length,
    ContainerIds: members.map(({id}) => id.slice(0, 12)).join(','),
    ContainerNames: members.map(({name}) => name).join(','),
    ContainerStatuses: members.map(({status}) => status).join(','),
  }
}

const keys: Readonly<Record<string, (row: PodRow) => string | number>> = {
  created: ({CreatedAt}) => -Date.parse(CreatedAt),
  id: ({Id}) => Id,
  name: ({Name}) => Name,
  number: ({NumberOfContainers}) => NumberOfContainers,
  status: ({Status}) => Status,
}

/** @throws ERR_REFUSED for an unknown key */
export function sortPods(rows: readonly PodRow[], by: string): readonly PodRow[] {
  const key = keys[by]
  if (!key) throw new EngineError('ERR_REFUSED', 'invalid option for --sort, options are: id, names, or number')
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}
