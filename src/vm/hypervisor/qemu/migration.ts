import {createReadStream, createWriteStream, readdirSync, readlinkSync, realpathSync, rmSync} from 'node:fs'
import {createServer, type Server, type Socket} from 'node:net'
import {join} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {EngineError, isErrno} from '../../../errors/index.ts'
import {run} from '../../../host/index.ts'
import {connectUnix} from '../../unix-socket.ts'
import type {MachineRecord, SavedMachine} from '../hypervisor.ts'
import type {QmpClient} from './qmp-client.ts'
import {isRecord} from './qmp-message.ts'

const DEADLINE_MS = 30_000
const SOCKET = 'migration.sock'

/**
 * The stream goes through a socket of ours: QEMU's sandbox forbids it the `exec:` transport, and 7.2 has none for files.
 * @see QEMU docs/devel/migration.rst; `x-ignore-shared` leaves shared memory out of the stream
 */
export async function saveMachine(qmp: QmpClient, record: MachineRecord, target: SavedMachine): Promise<void> {
  await qmp.execute('stop')
  await ignoreSharedMemory(qmp)
  const received = await receiveStream(join(record.directory, SOCKET), target.stateFile)
  try {
    await qmp.execute('migrate', {uri: `unix:${SOCKET}`})
    await migrationCompleted(qmp)
    await received.done
  } finally {
    received.server.close()
    rmSync(join(record.directory, SOCKET), {force: true})
  }
  await copyMemory(record.process.pid, target.memoryFile)
}

/** Feeds a saved state to a QEMU that was started with `-incoming defer`. */
export async function loadState(qmp: QmpClient, directory: string, stateFile: string): Promise<void> {
  await ignoreSharedMemory(qmp)
  await qmp.execute('migrate-incoming', {uri: `unix:${SOCKET}`})
  await feed(stateFile, await connectUnix(join(directory, SOCKET)))
  await migrationCompleted(qmp)
  rmSync(join(directory, SOCKET), {force: true})
}

const CLOSED_BY_PEER = ['ERR_STREAM_PREMATURE_CLOSE', 'EPIPE', 'ECONNRESET']

/** QEMU closes its end with the last byte, at times before ours has ended. Whether it has all it needs is its own to say. */
async function feed(stateFile: string, socket: Socket): Promise<void> {
  try {
    await pipeline(createReadStream(stateFile), socket)
  } catch (error) {
    if (!isErrno(error, ...CLOSED_BY_PEER)) throw error
  }
}

async function ignoreSharedMemory(qmp: QmpClient): Promise<void> {
  await qmp.execute('migrate-set-capabilities', {capabilities: [{capability: 'x-ignore-shared', state: true}]})
}

async function migrationCompleted(qmp: QmpClient): Promise<void> {
  for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; ) {
    const answer = await qmp.execute('query-migrate')
    const status = isRecord(answer) ? answer.status : undefined
    if (status === 'completed') return
    if (status === 'failed' || status === 'cancelled') {
      const reason = isRecord(answer) ? answer['error-desc'] : undefined
      throw new EngineError('ERR_QMP', `migrate: ${reason ?? status}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  throw new EngineError('ERR_QMP', `migrate: not completed in ${DEADLINE_MS} ms`)
}

async function receiveStream(socketPath: string, file: string): Promise<{server: Server; done: Promise<void>}> {
  const server = createServer()
  const done = new Promise<void>((resolve, reject) => {
    server.once('connection', (socket) =>
      pipeline(socket, createWriteStream(file, {mode: 0o600})).then(resolve, reject),
    )
    server.once('error', reject)
  })
  done.catch(() => {})
  const before = process.umask(0o077)
  try {
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  } finally {
    process.umask(before)
  }
  return {server, done}
}

/** Copies guest memory out of the hypervisor's descriptor, leaving holes, unless the file is that memory already. */
async function copyMemory(pid: number, memoryFile: string): Promise<void> {
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    const path = `/proc/${pid}/fd/${descriptor}`
    const link = readlinkSync(path)
    if (link === memoryFile || link === tryRealpath(memoryFile)) return
    if (!link.startsWith('/memfd:memory-backend')) continue
    await run('cp', ['--sparse=always', path, memoryFile])
    return
  }
  throw new EngineError('ERR_VM_GONE', `memory of process ${pid}`)
}

function tryRealpath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
