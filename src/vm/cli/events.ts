import {EngineError, hasCode} from '../../errors/index.ts'
import {containerStats} from '../sandbox/container-stats.ts'
import type {VmServices} from '../sandbox/services.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: "print a container's resource usage, once or again and again",
  usage: 'CONTAINER',
  options: {
    interval: {kind: 'value', valueName: 'SECONDS', summary: 'time between two (default: 5s)'},
    stats: {kind: 'flag', summary: 'print it once'},
  },
  args: [1, 1],
  async run({args, options, services, print}) {
    const all = await services()
    const id = args[0] ?? ''
    const intervalMs = parseInterval(options.value('interval') ?? '5s')
    print(await statsLine(all, id))
    while (!options.flag('stats')) {
      await new Promise((resolve) => setTimeout(resolve, intervalMs))
      try {
        print(await statsLine(all, id))
      } catch (error) {
        if (hasCode(error, 'ERR_OCI_STATE', 'ERR_OCI_CTR_NOT_RUNNING', 'ERR_OCI_CTR_UNKNOWN')) return 0
        throw error
      }
    }
    return 0
  },
}

/** @see runc types/events.go */
async function statsLine(services: VmServices, id: string): Promise<string> {
  return JSON.stringify({type: 'stats', id, data: await containerStats(services, id)})
}

function parseInterval(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text)
  const factor = {ms: 1, s: 1000, m: 60_000}[match?.[2] ?? 's'] ?? 1000
  const milliseconds = Number(match?.[1]) * factor
  if (!(milliseconds > 0)) throw new EngineError('ERR_INVALID_ARG', 'duration interval must be greater than 0')
  return milliseconds
}
