import {execFileSync} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'
import {waitUntil} from '../helpers/wait-until.ts'
import type {AgentConnection} from './agent-connection.ts'
import {containerSpec, execIn, fillRootfs, ProcessRelay, processSpec} from './container.ts'
import {GuestVm, missingForVm} from './guest-vm.ts'
import {qmp} from './qmp.ts'

const missing = missingForVm()

describe.skipIf(missing)(`a saved guest${missing ? ` (${missing})` : ''}`, () => {
  test('goes on with another relay, its container running and attached again', async () => {
    await using directory = temporaryDirectory()
    const at = (name: string) => join(directory.path, name)
    mkdirSync(at('tree'))
    fillRootfs(at('tree'))
    execFileSync('mkfs.erofs', ['--quiet', at('base.erofs'), at('tree')])
    const disk = [
      '-drive',
      `file=${at('base.erofs')},if=none,id=base,format=raw,readonly=on`,
      '-device',
      'virtio-blk-pci,drive=base,serial=base',
    ]

    let counted: number
    {
      await using vm = GuestVm.start({qemuArgs: [...disk, '-qmp', `unix:${at('qmp1.sock')},server=on,wait=off`]})
      await using control = await vm.connect()
      await startCounter(control)
      await using relay = await ProcessRelay.attach(vm, {container: 'c'})
      await control.request({op: 'start', container: 'c'})
      await waitUntil('some numbers', () => relay.stdout.includes('5\n'))
      // One that has asked and waits: its answer must not reach anybody in the next session.
      const waiting = control.ask({op: 'wait', container: 'c'})
      await save(at('qmp1.sock'), at('state'))
      counted = Number(relay.stdout.trim().split('\n').at(-1))
      await qmp(at('qmp1.sock'), {execute: 'quit'}).catch(() => {})
      await once(vm.qemu, 'exit')
      expect((await waiting).error?.code).toBe('closed')
      expect(await relay.ended()).toEqual({code: null, signal: 'SIGKILL'})
    }

    await using vm = GuestVm.start({
      qemuArgs: [...disk, '-incoming', `exec:cat ${at('state')}`, '-qmp', `unix:${at('qmp2.sock')},server=on,wait=off`],
    })
    await goOn(at('qmp2.sock'))
    await using control = await vm.connect()
    await control.request({op: 'configure', timeNs: `${Date.now()}000000`, seed: 'c0'.repeat(32)})
    expect(await control.request({op: 'list'})).toMatchObject({containers: [{container: 'c', status: 'running'}]})
    await using relay = await ProcessRelay.attach(vm, {container: 'c'})
    await waitUntil('more numbers', () => relay.stdout.includes('\n'))
    const first = Number(relay.stdout.split('\n')[0])
    // What was under way to the old relay is lost with it; nothing else is.
    expect(first).toBeGreaterThan(counted)
    expect(first).toBeLessThan(counted + 20)
    await using exec = await execIn(vm, control, 'c', processSpec(['echo', 'alive']))
    await exec.ended()
    expect(exec.stdout).toBe('alive\n')
    relay.child.kill('SIGTERM')
    expect(await relay.ended()).toEqual({code: 7, signal: null})
  })
})

async function startCounter(control: AgentConnection): Promise<void> {
  const layers = [`lowerdir=/run/berth/share/base`, 'upperdir=/run/berth/share/up', 'workdir=/run/berth/share/work']
  await control.request({
    op: 'mount',
    mounts: [
      {type: 'erofs', source: 'serial:base', target: '/run/berth/share/base', options: ['ro']},
      {type: 'overlay', target: '/run/berth/ctr/c/rootfs', options: layers},
    ],
  })
  const script = 'trap "exit 7" TERM; i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done'
  await control.request({op: 'create', container: 'c'}, containerSpec('c', processSpec(['sh', '-c', script])))
}

async function save(monitor: string, file: string): Promise<void> {
  await qmp(monitor, {execute: 'stop'}, {execute: 'migrate', arguments: {uri: `exec:cat > ${file}`}})
  await waitUntil('the saved state', async () => {
    const [{status}] = (await qmp(monitor, {execute: 'query-migrate'})) as [{status?: string}]
    if (status === 'failed') throw new Error('saving failed')
    return status === 'completed'
  })
}

/** Once everything is read; it was saved paused, so it is paused. */
async function goOn(monitor: string): Promise<void> {
  await waitUntil('the monitor', () => existsSync(monitor))
  await waitUntil('the restored state', async () => {
    const [{status}] = (await qmp(monitor, {execute: 'query-status'})) as [{status: string}]
    return status === 'paused'
  })
  await qmp(monitor, {execute: 'cont'})
}
