import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {SeqpacketSocket} from '../../src/host/index.ts'
import {outputOf} from '../helpers/command.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'
import {waitUntil} from '../helpers/wait-until.ts'

const missing = missingPrerequisite('program:python3')

/** Answers, and is gone without having read what it was sent. */
const PEER = `
import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
listener.bind(sys.argv[1])
listener.listen()
open(sys.argv[1] + '.ready', 'w').close()
peer = listener.accept()[0]
peer.recv(1, socket.MSG_PEEK)
peer.send(b'one')
peer.send(b'two')
`

describe.skipIf(missing)(`a socket that keeps packets apart${missing ? ` (${missing})` : ''}`, () => {
  test('what was written to us arrives, also from one who did not read all of ours', async () => {
    await using directory = temporaryDirectory()
    const path = join(directory.path, 'socket')
    const ended = outputOf('python3', ['-c', PEER, path])
    await waitUntil('the peer listens', () => existsSync(`${path}.ready`))
    const socket = SeqpacketSocket.connect(path)
    expect(await socket.write(Buffer.from('never read'))).toBe(true)
    await ended
    const read = async (): Promise<string | undefined> => (await socket.read(Buffer.alloc(100)))?.toString()
    expect([await read(), await read(), await read()]).toEqual(['one', 'two', undefined])
    socket.close()
  })
})
