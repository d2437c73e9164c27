import {afterAll, beforeAll, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {type HostNetwork, openHostNetwork} from '../helpers/host-network.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {openPodman} from '../helpers/podman.ts'
import {waitUntil} from '../helpers/wait-until.ts'

let host: HostNetwork
let engines: readonly TestEngine[] = []

beforeAll(async () => {
  host = await openHostNetwork()
  engines = [openBerth({host, runtime: 'runc'}), openBerth({host, runtime: 'runc'}), openPodman({host})]
  for (const engine of engines) await engine.output('load', '-q', '-i', await busyboxArchive())
})
afterAll(async () => {
  for (const engine of engines) await engine[Symbol.asyncDispose]()
  await host[Symbol.asyncDispose]()
})

const port = (index: number) => 8081 + index
const publish = (index: number) =>
  engines[index]?.output(
    ...['run', '-d', '--name', 'web', '-p', `127.0.0.1:${port(index)}:80`, 'localhost/busybox'],
    ...['nc', '-ll', '-p', '80', '-e', 'echo', `engine ${index}`],
  )
const address = (index: number) =>
  engines[index]?.output('inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', 'web')
const remove = (index: number) => engines[index]?.output('rm', '-f', '-t', '0', 'web')
const answers = (index: number) =>
  waitUntil(`engine ${index}`, async () => {
    const said = await host.output('sh', '-c', `busybox nc 127.0.0.1 ${port(index)} </dev/null || true`)
    return said.trim() === `engine ${index}`
  })

it('engines of one host, podman among them, publish side by side, whoever goes first', {timeout: 120_000}, async () => {
  const all = [0, 1, 2]
  for (const index of all) await publish(index)
  const addresses = await Promise.all(all.map(address))
  expect(new Set(addresses).size).toBe(3)
  for (const index of all) await answers(index)
  for (const gone of all) {
    await remove(gone)
    for (const index of all.filter((other) => other !== gone)) await answers(index)
    await publish(gone)
    await answers(gone)
  }
  for (const index of all) await remove(index)
  const links = (await host.output('ip', '-br', 'link')).split('\n').map((line) => line.split(/[@ ]/)[0])
  expect(links).toEqual(['lo', 'up0'])
})
