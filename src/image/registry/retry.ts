import {setTimeout as sleep} from 'node:timers/promises'
import {hasCode} from '../../errors/index.ts'

export interface RetryPolicy {
  /** Attempts after the first. */
  readonly attempts: number
  /** Before the first retry; doubled for each further one unless fixed. */
  readonly delayMs: number
  readonly fixed?: boolean
  /** Hears of each retry, before its delay. */
  readonly onRetry?: (error: unknown, delayMs: number, attempt: number, attempts: number) => void
}

/** podman's. */
export const defaultRetry: RetryPolicy = {attempts: 3, delayMs: 1000}

const LONGEST_MS = 60_000

/** What an inner `withRetries` gave up: it is not tried over and over from outside. */
const givenUp = new WeakSet<object>()

/** Repeats `action` while it fails for reasons that may pass: cut connections, a busy registry. */
export async function withRetries<T>(
  policy: RetryPolicy,
  signal: AbortSignal | undefined,
  action: () => Promise<T>,
  delayOf: (error: unknown) => number | undefined = () => undefined,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action()
    } catch (error) {
      if (isGivenUp(error) || !mayPass(error)) throw error
      if (attempt > policy.attempts) {
        givenUp.add(error as object)
        throw error
      }
      const delayMs = Math.min(LONGEST_MS, delayOf(error) ?? backOff(policy, attempt))
      policy.onRetry?.(error, delayMs, attempt, policy.attempts)
      await sleep(delayMs, undefined, {...(signal && {signal})})
    }
  }
}

/** Also when it was put into other words on its way out. */
function isGivenUp(error: unknown): boolean {
  for (let told = error; told instanceof Error; told = told.cause) if (givenUp.has(told)) return true
  return false
}

export function backOff({delayMs, fixed}: RetryPolicy, attempt: number): number {
  return fixed ? delayMs : delayMs * 2 ** (attempt - 1)
}

export function mayPass(error: unknown): boolean {
  return hasCode(error, 'ERR_REGISTRY_BUSY') || (hasCode(error, 'ERR_CONNECTION') && !isPermanent(error))
}

/** A refused connection may be a registry that restarts; a wrong certificate or name stays wrong, and silence was long. */
function isPermanent(error: Error): boolean {
  return /x509|no such host|HTTP response to HTTPS client|awaiting response headers/.test(error.message)
}
