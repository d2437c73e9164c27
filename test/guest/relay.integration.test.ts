import {execFileSync, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, readFileSync, statSync} from 'node:fs'
import {createConnection} from 'node:net'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'
import {waitUntil} from '../helpers/wait-until.ts'
import {FakeGuest} from './fake-guest.ts'
import {type} from './frames.ts'
import {relayProgram} from './guest-vm.ts'

const built = existsSync(relayProgram)

function exitPayload(code: number, signal: number): Buffer {
  const payload = Buffer.alloc(12)
  payload.writeUInt32LE(code)
  payload.writeUInt32LE(signal, 4)
  return payload
}

/** A process relay that has been attached by the guest. */
async function attach(directory: string, guest: FakeGuest) {
  const exitFile = join(directory, 'exit')
  const args = [
    'process',
    '--agent',
    join(directory, 'agent.sock'),
    '--container',
    'c',
    '--exit-file',
    exitFile,
    '--ready-fd',
    '3',
  ]
  const child = spawn(relayProgram, args, {stdio: ['pipe', 'pipe', 'pipe', 'pipe']})
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>
  const channel = await guest.answer({terminal: false})
  await once(child.stdio[3] as NodeJS.ReadableStream, 'data')
  const record = () => JSON.parse(readFileSync(exitFile, 'utf8')) as Record<string, unknown>
  return {child, channel, ended, record}
}

describe.skipIf(!built)(`the relay${built ? '' : ' (guest/build is not made)'}`, () => {
  test('when the VM goes, every process ends as killed, with a record that says why', async () => {
    await using directory = temporaryDirectory()
    await using guest = await FakeGuest.start(directory.path)
    const first = await attach(directory.path, guest)
    guest.hangUp()
    expect(await first.ended).toEqual([null, 'SIGKILL'])
    expect(first.record()).toMatchObject({version: 1, exitCode: 137, signal: 9, reason: 'lost'})
    await waitUntil('the end of the sandbox relay', () => !guest.relayAlive)
    expect(existsSync(join(directory.path, 'agent.sock'))).toBe(false)
  })

  test('a guest that sends what nobody allowed ends the session', async () => {
    await using directory = temporaryDirectory()
    await using guest = await FakeGuest.start(directory.path)
    const {channel, ended, record} = await attach(directory.path, guest)
    guest.send({type: type.data, port: 1, channel, payload: Buffer.alloc(65536)})
    for (let i = 0; i < 8; i++) guest.send({type: type.data, port: 2, channel, payload: Buffer.alloc(65536)})
    expect(await ended).toEqual([null, 'SIGKILL'])
    expect(record()).toMatchObject({reason: 'lost'})
    await waitUntil('the end of the sandbox relay', () => !guest.relayAlive)
  })

  test.each([1, 2])(
    'output %d after its end ends the process, it does not keep the relay busy for ever',
    async (port) => {
      await using directory = temporaryDirectory()
      await using guest = await FakeGuest.start(directory.path)
      const {channel, child, ended, record} = await attach(directory.path, guest)
      guest.send({type: type.eof, port, channel})
      guest.send({type: type.data, port, channel, payload: Buffer.from('too late')})
      guest.send({type: type.exit, channel, payload: exitPayload(0, 0)})
      const inTime = await Promise.race([ended, new Promise((resolve) => setTimeout(() => resolve('busy'), 5000))])
      child.kill('SIGKILL')
      expect(inTime).toEqual([null, 'SIGKILL'])
      expect(record()).toMatchObject({reason: 'lost'})
    },
  )

  test.each([
    [3, 0, 3, null],
    [0, 15, null, 'SIGTERM'],
    [259, 0, 3, null],
    // Signals that end no process must not stop the relay: the guest names them.
    [0, 19, 147, null],
    [0, 23, 151, null],
    [0, 9999, (128 + 9999) & 0xff, null],
  ] as const)('an exit of code %d and signal %d is passed on as %s, %s', async (code, signal, exitCode, exitSignal) => {
    await using directory = temporaryDirectory()
    await using guest = await FakeGuest.start(directory.path)
    const {channel, ended, record} = await attach(directory.path, guest)
    guest.send({type: type.exit, channel, payload: exitPayload(code, signal)})
    expect(await ended).toEqual([exitCode, exitSignal])
    expect(record()).toMatchObject({reason: 'exited', signal, finishedAt: expect.stringMatching(/^\d{4}-.*Z$/)})
  })

  test('an attach that the guest refuses is told on the ready descriptor', async () => {
    await using directory = temporaryDirectory()
    await using guest = await FakeGuest.start(directory.path)
    const args = ['process', '--agent', join(directory.path, 'agent.sock'), '--container', 'c', '--ready-fd', '3']
    const child = spawn(relayProgram, args, {stdio: ['ignore', 'ignore', 'ignore', 'pipe']})
    const ended = once(child, 'exit')
    const {channel, serial} = await guest.next(type.request)
    const error = {error: {code: 'no-such-container', message: 'c\u001b[31m'}}
    guest.send({type: type.response, channel, serial, payload: Buffer.from(JSON.stringify(error))})
    let line = ''
    for await (const chunk of child.stdio[3] as AsyncIterable<Buffer>) line += chunk
    expect(line).toMatch(/^error attach .*no-such-container.*\n$/)
    expect(line).not.toContain('\u001b')
    expect(await ended).toEqual([1, null])
  })

  test('output goes to the right descriptor, credit comes back, stdin waits for credit', async () => {
    await using directory = temporaryDirectory()
    await using guest = await FakeGuest.start(directory.path)
    const {child, channel, ended} = await attach(directory.path, guest)
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (err += chunk))
    child.stdin.write('hello')
    guest.send({type: type.credit, port: 0, serial: 3, channel})
    expect((await guest.next(type.data)).payload.toString()).toBe('hel')
    guest.send({type: type.credit, port: 0, serial: 100, channel})
    expect((await guest.next(type.data)).payload.toString()).toBe('lo')
    guest.send({type: type.data, port: 1, channel, payload: Buffer.alloc(65536, 'o')})
    const credit = await guest.next(type.credit)
    expect([credit.port, credit.serial]).toEqual([1, 65536])
    guest.send({type: type.data, port: 2, channel, payload: Buffer.from('e')})
    guest.send({type: type.eof, port: 1, channel})
    await once(child.stdout, 'end')
    guest.send({type: type.eof, port: 0, channel})
    guest.send({type: type.exit, channel, payload: exitPayload(0, 0)})
    expect(await ended).toEqual([0, null])
    expect([out.length, err]).toEqual([65536, 'e'])
  })

  test('a hypervisor that never connects ends it in time, sockets removed', async () => {
    await using directory = temporaryDirectory()
    const at = (name: string) => join(directory.path, name)
    const args = [
      'sandbox',
      '--channel',
      at('channel.sock'),
      '--listen',
      at('agent.sock'),
      '--connect-timeout-ms',
      '200',
      '--foreground',
    ]
    const result = spawnSync(relayProgram, args, {encoding: 'utf8', timeout: 10_000})
    expect([result.status, result.stderr]).toEqual([1, 'berth-relay: the hypervisor did not connect in time\n'])
    expect(existsSync(at('agent.sock')) || existsSync(at('channel.sock'))).toBe(false)
  })

  test('paths longer than a socket address work, with mode 0600', async () => {
    await using directory = temporaryDirectory()
    const deep = join(directory.path, 'd'.repeat(100), 'e'.repeat(50))
    mkdirSync(deep, {recursive: true})
    const args = ['sandbox', '--channel', join(deep, 'channel.sock'), '--listen', join(deep, 'agent.sock')]
    const pid = Number(execFileSync(relayProgram, args).toString())
    expect(statSync(join(deep, 'agent.sock')).mode & 0o777).toBe(0o600)
    const child = spawnSync(relayProgram, ['process', '--agent', join(deep, 'none.sock'), '--container', 'c'], {
      encoding: 'utf8',
    })
    expect(child.stderr).toContain('No such file')
    process.kill(pid, 'SIGTERM')
    await waitUntil('its end', () => !existsSync(join(deep, 'agent.sock')))
  })

  test('the console log is bounded', async () => {
    await using directory = temporaryDirectory()
    const at = (name: string) => join(directory.path, name)
    const args = ['--console', at('console.sock'), '--console-log', at('console.log'), '--console-bytes', '10000']
    await using _guest = await FakeGuest.start(directory.path, args)
    const console = createConnection(at('console.sock'))
    for (let i = 0; i < 50; i++) console.write(`${String(i).padStart(3, '0')} ${'x'.repeat(995)}\n`)
    // Between its two renames there is no file of this name.
    const log = () => (existsSync(at('console.log')) ? spawnSync('cat', [at('console.log')]).stdout.toString() : '')
    await waitUntil('the last line', () => log().includes('049 '))
    expect(statSync(at('console.log')).size + statSync(at('console.log.old')).size).toBeLessThanOrEqual(20_000)
    console.destroy()
  })

  test('each costs the host less than 1 MiB', async () => {
    await using directory = temporaryDirectory()
    await using guest = await FakeGuest.start(directory.path)
    const {child, channel, ended} = await attach(directory.path, guest)
    const pssKiB = (pid: number) =>
      Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1])
    expect(pssKiB(child.pid as number)).toBeLessThan(1024)
    expect(pssKiB(guest.relayPid)).toBeLessThan(1024)
    process.stderr.write(
      `PSS KiB: process relay ${pssKiB(child.pid as number)}, sandbox relay ${pssKiB(guest.relayPid)}\n`,
    )
    guest.send({type: type.exit, channel, payload: exitPayload(0, 0)})
    await ended
  })
})
