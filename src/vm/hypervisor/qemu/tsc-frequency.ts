import {join} from 'node:path'
import {hasCode} from '../../../errors/index.ts'
import {readJson, run, type Versioned, writeJson} from '../../../host/index.ts'
import {readBootID} from './boot-id.ts'

interface FrequencyRecord extends Versioned {
  readonly bootID: string
  readonly khz: number
}

/**
 * How fast the time stamp counter of an emulated guest runs: as the host's. A guest that measures it itself on a busy host
 * gets it wrong by a factor, and with it every time-out. Measured once per boot; undefined when the relay cannot tell.
 */
export async function tscFrequency(relay: string, directory: string): Promise<number | undefined> {
  const path = join(directory, 'tsc.json')
  const bootID = readBootID()
  const known = readJson<FrequencyRecord>(path)
  if (known?.bootID === bootID) return known.khz
  try {
    const khz = Number((await run(relay, ['tsc-khz'])).stdout)
    if (!Number.isSafeInteger(khz) || khz <= 0) return undefined
    writeJson<FrequencyRecord>(path, {version: 1, bootID, khz}, {durable: false})
    return khz
  } catch (error) {
    if (hasCode(error, 'ERR_PROGRAM_FAILED', 'ERR_PROGRAM_MISSING')) return undefined
    throw error
  }
}
