import {describe, expect, it} from 'vitest'
import {columnsOf, type TopContext} from '../../../src/libpod/container/top/columns.ts'
import {guestContext, processesOfRuntime} from '../../../src/libpod/container/top/runtime-processes.ts'

const told = [
  {
    ...{pid: 310, containerPid: 1, ppid: 1, uid: 0, gid: 0, state: 'S', cpuSeconds: 2, elapsedSeconds: 10},
    ...{rssBytes: 2048, args: ['/bin/sleep', '100']},
  },
  {
    ...{pid: 311, containerPid: 7, ppid: 310, uid: 33, gid: 33, state: 'R', cpuSeconds: 0, elapsedSeconds: 1},
    ...{rssBytes: 1024, args: []},
  },
]

const host: TopContext = {
  userName: (uid) => (uid === 33 ? 'www-data' : 'root'),
  groupName: String,
  hostUserName: String,
  hostGroupName: String,
  containerUid: () => 4711,
  containerGid: () => 4711,
  containerPids: new Map(),
  uptimeNs: 100_000_000_000n,
}

describe('the processes of a container in a virtual machine', () => {
  it('fill the columns with what the guest sees', () => {
    const columns = columnsOf(['user', 'pid', 'ppid', 'pcpu', 'etime', 'time', 'args', 'hpid', 'rss']) ?? []
    const context = guestContext(host, told)
    const rows = processesOfRuntime(told, host.uptimeNs).map((process) =>
      columns.map(({value}) => value(process, context).trim()),
    )
    expect(rows[0]).toEqual(['root', '1', '0', '20.000', '10s', '2s', '/bin/sleep 100', '310', '2'])
    expect(rows[1]?.slice(0, 3)).toEqual(['www-data', '7', '1'])
  })
})
