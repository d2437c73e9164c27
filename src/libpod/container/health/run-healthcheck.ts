import {EngineError} from '../../../errors/index.ts'
import type {ContainerConfig, Healthcheck} from '../../define/container-config.ts'
import type {HealthLogEntry, HealthRecord} from '../../define/health.ts'
import {rfc3339Now} from '../../define/time.ts'
import type {HealthResult} from '../../define/verb-options.ts'
import type {Engine} from '../../engine.ts'
import {CappedOutput} from '../exec/capped-output.ts'
import {stopExec} from '../exec/end-exec.ts'
import {execContainer} from '../exec/start-exec.ts'
import {isOneOf} from '../held-container.ts'
import {notifyHealthy} from '../notify-ready.ts'
import {withContainer} from '../with-container.ts'
import {afterRun, readHealth, writeHealth} from './health-record.ts'
import {actOnFailure} from './on-failure.ts'

/** As Docker reports a check that ran into its time limit. */
const TIMED_OUT = -1
const NS_PER_MS = 1_000_000

/**
 * Runs the container's health check once, records the result, and does what `--health-on-failure` says when it has become
 * unhealthy.
 * @throws ERR_REFUSED unless running; ERR_NO_HEALTHCHECK
 */
export async function runHealthcheck(engine: Engine, id: string): Promise<HealthResult> {
  const {config, startedAt} = await withContainer(engine, id, (held) => {
    const {config, state} = held
    if (!isOneOf(state, ['running'])) throw new EngineError('ERR_REFUSED', `container ${id} is not running`)
    return {config: requireHealthcheck(config), startedAt: state.startedAt}
  })
  const entry = await runOnce(engine, id, config.healthcheck)
  const inStartPeriod = Date.now() - Date.parse(startedAt) < config.healthcheck.startPeriodNs / NS_PER_MS
  const {record, becameUnhealthy} = await withContainer(engine, id, (held) => {
    const before = readHealth(engine.state.layout, id)
    const after = afterRun(before, entry, config, inStartPeriod)
    writeHealth(engine.state.layout, id, after)
    if (after.Status !== 'stopped') held.save({health: after.Status})
    if (after.Status === 'healthy' && before.Status !== 'healthy') notifyHealthy(held)
    return {record: after, becameUnhealthy: after.Status === 'unhealthy' && before.Status !== 'unhealthy'}
  })
  report(engine, config, record)
  if (becameUnhealthy) await actOnFailure(engine, id, config.healthOnFailure)
  return {status: record.Status, failingStreak: record.FailingStreak, exitCode: entry.ExitCode}
}

function requireHealthcheck(config: ContainerConfig): ContainerConfig & {readonly healthcheck: Healthcheck} {
  const {healthcheck} = config
  if (healthcheck && healthcheck.test.length > 0 && healthcheck.test[0] !== 'NONE') return {...config, healthcheck}
  throw new EngineError('ERR_NO_HEALTHCHECK', `container ${config.id} has no defined healthcheck`)
}

/** `CMD` runs its words, `CMD-SHELL` its text by /bin/sh; anything else is itself a command. */
function commandOf([kind = '', ...words]: readonly string[]): readonly string[] {
  if (kind === 'CMD') return words
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : ['/bin/sh', '-c', [kind, ...words].join(' ')]
}

async function runOnce(engine: Engine, id: string, check: Healthcheck): Promise<HealthLogEntry> {
  const start = rfc3339Now()
  const output = new CappedOutput()
  try {
    const exitCode = await runWithin(engine, id, commandOf(check.test), check.timeoutNs / NS_PER_MS, output)
    return {Start: start, End: rfc3339Now(), ExitCode: exitCode, Output: output.text}
  } catch (error) {
    return {Start: start, End: rfc3339Now(), ExitCode: 1, Output: (error as Error).message}
  }
}

async function runWithin(
  engine: Engine,
  id: string,
  command: readonly string[],
  timeoutMs: number,
  output: CappedOutput,
): Promise<number> {
  const config = {
    command,
    terminal: false,
    attachStdin: false,
    attachStdout: true,
    attachStderr: true,
    env: [],
    privileged: false,
  }
  const session = await execContainer(engine, id, config, {stdout: output, stderr: output})
  if (timeoutMs <= 0) return (await session.exitCode) ?? 1
  const timer = Promise.withResolvers<'timeout'>()
  const handle = setTimeout(() => timer.resolve('timeout'), timeoutMs)
  const first = await Promise.race([session.exitCode, timer.promise])
  clearTimeout(handle)
  if (first !== 'timeout') return first ?? 1
  await stopExec(engine, id, session.id, 0).catch(() => undefined)
  return TIMED_OUT
}

function report(engine: Engine, config: ContainerConfig, {Status, FailingStreak, Log}: HealthRecord): void {
  if (!engine.config.engine.healthcheckEvents) return
  const last = Log.at(-1)?.Output ?? ''
  engine.events.container('health_status', config, {
    HealthStatus: Status,
    Attributes: {health_failing_streak: String(FailingStreak), health_log: last.trimEnd()},
  })
}
