import type {Runtime} from '../libpod/runtime.ts'
import type {NetworkRecord} from '../network/index.ts'

/** A network as `network inspect` prints it: its record and the running containers on it. */
export function describeNetwork(runtime: Runtime, record: NetworkRecord) {
  const connected = runtime.networks.containers.list().filter(({input}) => record.name in input.networks)
  return {
    ...record,
    containers: Object.fromEntries(
      connected.map(({containerID, input, status}) => [
        containerID,
        {name: input.container_name, interfaces: status[record.name]?.interfaces ?? {}},
      ]),
    ),
  }
}
