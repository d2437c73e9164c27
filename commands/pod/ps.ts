import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {goJson} from '../../src/cli/go-json.ts'
import {podFilter} from '../../src/cli/pod/pod-filters.ts'
import {listedPodType, type PodRow, podColumns, podRow, sortPods} from '../../src/cli/pod/pod-rows.ts'
import {isJsonFormat, renderReport} from '../../src/cli/template/index.ts'

export default class PodPs extends EngineCommand {
  static override summary = 'List pods'
  static override description = 'Lists the pods with their state and how many containers they have.'
  static override aliases = ['ls', 'list']
  static override examples = ['<%= command.id %>', '<%= command.id %> --ctr-names --filter status=running']
  static override flags = {
    'ctr-ids': flags.bool({summary: "Add a column with the IDs of the pod's containers"}),
    'ctr-names': flags.bool({summary: "Add a column with the names of the pod's containers"}),
    'ctr-status': flags.bool({summary: "Add a column with the states of the pod's containers"}),
    filter: flags.array({char: 'f', summary: 'Show only pods that match, such as name=PATTERN or status=running'}),
    format: flags.string({summary: 'Print as json, or by a Go template'}),
    latest: flags.bool({char: 'l', summary: 'Show only the pod that was created last'}),
    'no-trunc': flags.bool({summary: 'Show IDs in full'}),
    noheading: flags.bool({char: 'n', summary: 'Leave out the headings'}),
    ns: flags.bool({summary: 'Show the namespaces of the pod', hidden: true}),
    quiet: flags.bool({char: 'q', summary: 'Print IDs only'}),
    sort: flags.string({
      summary: 'Order of the rows: created, id, name, number (of containers) or status',
      default: 'created',
      suggests: ['created', 'id', 'name', 'number', 'status'],
    }),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(PodPs)
    const {pods, containers} = await this.runtime()
    const networks = new Map(containers.summaries().map(({id, networks: names}) => [id, names]))
    const fits = podFilter(given.filter, ({config}) => networks.get(config.infraID ?? '') ?? [])
    const chosen = given.latest ? [pods.latest()] : pods.list().filter(fits)
    const rows = sortPods(
      chosen.map((pod) => podRow(pod, networks.get(pod.config.infraID ?? '') ?? [])),
      given.sort,
    )
    if (given.quiet) for (const {Id} of rows) this.print(Id)
    else if (given.format && isJsonFormat(given.format)) this.print(goJson(rows.map(jsonRow), 2))
    else this.write(this.#table(rows, given))
  }

  #table(
    rows: readonly PodRow[],
    given: {readonly format?: string; readonly noheading: boolean; readonly 'no-trunc': boolean} & Record<
      string,
      unknown
    >,
  ): string {
    const whole = given['no-trunc']
    const shown = rows.map((row) => ({
      ...row,
      ID: whole ? row.Id : row.Id.slice(0, 12),
      InfraID: whole ? row.InfraId : row.InfraId.slice(0, 12),
      Networks: row.Networks.join(','),
    }))
    const asked = Object.entries(podColumns).filter(([name]) => given[name])
    const cells = [
      ...['ID', 'Name', 'Status', 'Created', 'InfraID', ...asked.flatMap(([, columns]) => columns)],
      ...(asked.some(([name]) => name !== 'ns') ? [] : ['NumberOfContainers']),
    ]
    const format = `table ${cells.map((name) => `{{.${name}}}`).join('\t')}`
    const headings = {
      ID: 'pod id',
      InfraID: 'infra id',
      NumberOfContainers: '# of containers',
      ContainerIds: 'ids',
      ContainerNames: 'names',
      ContainerStatuses: 'status',
      Labels: 'labels',
      Namespace: 'namespaces',
    }
    return renderReport({
      command: 'ps',
      rows: shown,
      rowType: listedPodType,
      noHeading: given.noheading,
      headings,
      ...(given.format ? {format: given.format} : {format, origin: 'command' as const}),
    })
  }
}

/** podman's JSON has fewer names than its templates, and the time as it is. */
function jsonRow({Cgroup, Containers, CreatedAt, Id, InfraId, Name, Networks, Status, Labels}: PodRow) {
  return {Cgroup, Containers, Created: CreatedAt, Id, InfraId, Name, Namespace: '', Networks, Status, Labels}
}
