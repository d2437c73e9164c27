import {rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {loadState} from '../../../src/vm/hypervisor/qemu/migration.ts'
import {QmpClient} from '../../../src/vm/hypervisor/qemu/qmp-client.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'
import {qmpServer, type Reply} from './qmp-server.ts'

const SIZE = 200_000

/** Loads a state into a peer that takes `bytes` of it and closes at once; then its status is `status`. */
async function load(bytes: number, status: Reply): Promise<void> {
  await using directory = temporaryDirectory()
  const state = join(directory.path, 'state')
  writeFileSync(state, Buffer.alloc(SIZE))
  let taken = 0
  const incoming = createServer((socket) =>
    socket.on('data', ({length}) => {
      taken += length
      if (taken >= bytes) socket.destroy()
    }),
  )
  await new Promise<void>((resolve) => incoming.listen(join(directory.path, 'migration.sock'), resolve))
  await using server = await qmpServer(directory.path, (command) =>
    command === 'query-migrate' ? status : {return: {}},
  )
  using client = await QmpClient.connect(server.path, 1000)
  try {
    await loadState(client, directory.path, state)
  } finally {
    incoming.close()
    rmSync(state)
  }
}

describe('loading a saved state', () => {
  it('is over when the hypervisor says so, however early it closes the stream', async () => {
    for (let round = 0; round < 40; round++) await load(SIZE, {return: {status: 'completed'}})
  })

  it("fails with the hypervisor's reason when it took only a part", async () => {
    const status = {return: {status: 'failed', 'error-desc': 'unknown section'}}
    await expect(load(1, status)).rejects.toMatchObject({
      code: 'ERR_QMP',
      message: 'migrate: unknown section: hypervisor refused the request',
    })
  })
})
