import {constants} from 'node:os'
import {EngineError} from '../errors/index.ts'

const FIRST_REALTIME = 34
const LAST = 64

/**
 * The number of a signal: `TERM`, `SIGTERM`, `15`, `RTMIN+3`, `SIGRTMAX-1`, in any case.
 * @throws ERR_REFUSED in podman's words
 */
export function parseSignal(text: string): number {
  if (/^-?\d+$/.test(text.trim())) {
    const number = Number(text)
    if (number >= 1 && number <= LAST) return number
    if (number === 0) throw new EngineError('ERR_REFUSED', `invalid signal: ${text}`)
    throw new EngineError('ERR_REFUSED', `valid signals are 1 through ${LAST}`)
  }
  const name = text.trim().toUpperCase().replace(/^SIG/, '')
  const number = realtime(name) ?? constants.signals[`SIG${name}` as NodeJS.Signals]
  if (number === undefined) throw new EngineError('ERR_REFUSED', `invalid signal: ${text}`)
  return number
}

/** `SIGTERM` for 15; realtime ones count from the nearer end. */
export function signalName(number: number): string {
  const known = Object.entries(constants.signals).find(([, value]) => value === number)
  if (known) return known[0]
  if (number < FIRST_REALTIME || number > LAST) return String(number)
  if (number === FIRST_REALTIME) return 'SIGRTMIN'
  if (number === LAST) return 'SIGRTMAX'
  return number < 50 ? `SIGRTMIN+${number - FIRST_REALTIME}` : `SIGRTMAX-${LAST - number}`
}

function realtime(name: string): number | undefined {
  const match = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name)
  if (!match) return undefined
  const offset = Number(match[3] ?? 0)
  const number = match[1] === 'MIN' ? FIRST_REALTIME + offset : LAST - offset
  const direction = match[2] ?? (match[1] === 'MIN' ? '+' : '-')
  const inRange = number >= FIRST_REALTIME && number <= LAST
  return inRange && direction === (match[1] === 'MIN' ? '+' : '-') ? number : undefined
}
