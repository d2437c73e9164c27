import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {EventQuery} from '../../../src/libpod/define/event.ts'
import {EventLog} from '../../../src/libpod/events/event-log.ts'
import {FileBackend} from '../../../src/libpod/events/file-backend.ts'
import {NoBackend} from '../../../src/libpod/events/no-backend.ts'
import {exampleConfig} from '../example-config.ts'

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-events-'))
  path = join(directory, 'events.log')
})

afterEach(() => rmSync(directory, {recursive: true, force: true}))

async function names(log: EventLog, query?: EventQuery): Promise<string[]> {
  const found: string[] = []
  for await (const {Name, Status} of log.read(query)) found.push(`${Name} ${Status}`)
  return found
}

describe('events', () => {
  it('are kept with podman’s keys', () => {
    const log = new EventLog(new FileBackend(path, 0))
    const config = exampleConfig({labels: {a: 'b'}})
    log.container('died', config, {ContainerExitCode: 3})
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      ID: config.id,
      Name: config.name,
      Status: 'died',
      Type: 'container',
      ContainerExitCode: 3,
      Attributes: {a: 'b'},
      Time: expect.stringMatching(/^\d{4}-.*\.\d{9}Z$/),
    })
  })

  it('are filtered: one key is or, several are and', async () => {
    const log = new EventLog(new FileBackend(path, 0))
    log.write({Name: 'a', Status: 'create', Type: 'container', ID: 'aa', Attributes: {x: '1'}})
    log.write({Name: 'a', Status: 'start', Type: 'container', ID: 'aa'})
    log.write({Name: 'b', Status: 'create', Type: 'container', ID: 'bb'})
    log.write({Name: 'vol', Status: 'create', Type: 'volume'})
    expect(await names(log, {filters: ['event=create', 'type=container']})).toEqual(['a create', 'b create'])
    expect(await names(log, {filters: ['event=create', 'event=start', 'container=a']})).toEqual(['a create', 'a start'])
    expect(await names(log, {filters: ['label=x=1']})).toEqual(['a create'])
    expect(await names(log, {filters: ['volume=vo']})).toEqual(['vol create'])
    expect(await names(log, {sinceMs: Date.now() + 60_000})).toEqual([])
    await expect(names(log, {filters: ['nonsense=1']})).rejects.toThrow('nonsense is an invalid filter')
    await expect(names(log, {filters: ['plain']})).rejects.toThrow('plain is an invalid filter')
  })

  it('are cut to the newer half when they grow over the limit', async () => {
    const log = new EventLog(new FileBackend(path, 4000))
    for (let index = 0; index < 100; index++) log.write({Name: `n${index}`, Status: 'create', Type: 'volume'})
    expect(statSync(path).size).toBeLessThan(4200)
    const kept = await names(log)
    expect(kept.at(-1)).toBe('n99 create')
    expect(kept.some((line) => line.includes('log-rotation'))).toBe(true)
    expect(kept).not.toContain('n0 create')
  })

  it('are followed, over a cut too, without missing or repeating one', async () => {
    const log = new EventLog(new FileBackend(path, 20_000))
    log.write({Name: 'before', Status: 'create', Type: 'volume'})
    const stop = new AbortController()
    const seen: string[] = []
    const following = (async () => {
      for await (const {Name, Status} of log.read({follow: true, signal: stop.signal}))
        if (Status === 'create') seen.push(Name)
    })()
    await new Promise((resolve) => setTimeout(resolve, 50))
    for (let index = 0; index < 300; index++) {
      log.write({Name: `n${index}`, Status: 'create', Type: 'volume'})
      if (index % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await new Promise((resolve) => setTimeout(resolve, 400))
    stop.abort()
    await following
    expect(seen).toEqual(Array.from({length: 300}, (_, index) => `n${index}`))
  })

  it('end at the time asked for', async () => {
    const log = new EventLog(new FileBackend(path, 0))
    const from = Date.now()
    expect(await names(log, {follow: true, untilMs: from + 200})).toEqual([])
    expect(Date.now() - from).toBeLessThan(2000)
  })

  it('that are not kept cannot be read', async () => {
    await expect(names(new EventLog(new NoBackend()))).rejects.toThrow('cannot read events with the "none" backend')
  })
})
