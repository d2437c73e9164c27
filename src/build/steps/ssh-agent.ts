import {chmodSync, chownSync} from 'node:fs'
import {createConnection, createServer} from 'node:net'
import {pipeline} from 'node:stream'

/**
 * A socket with an owner and a mode of its own that leads to an agent's: the agent's stays as it is.
 * @returns closes it
 */
export async function forwardAgent(
  agent: string,
  path: string,
  {uid, gid, mode}: {readonly uid: number; readonly gid: number; readonly mode: number},
): Promise<() => void> {
  const server = createServer((client) => {
    const upstream = createConnection(agent)
    pipeline(client, upstream, client, () => {})
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  chownSync(path, uid, gid)
  chmodSync(path, mode)
  return () => void server.close()
}
