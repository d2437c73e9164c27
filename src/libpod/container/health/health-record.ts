import {join} from 'node:path'
import {readJson, writeJson} from '../../../host/index.ts'
import type {ContainerConfig} from '../../define/container-config.ts'
import {type HealthLogEntry, type HealthRecord, unknownHealth} from '../../define/health.ts'
import type {Layout} from '../../state/layout.ts'

/** @see podman's default of `--health-max-log-count` and `--health-max-log-size` */
const DEFAULT_LOG_COUNT = 5
const DEFAULT_LOG_SIZE = 500

/** The last results of a container's health check. */
export function readHealth(layout: Layout, id: string): HealthRecord {
  return readJson<HealthRecord>(healthPath(layout, id)) ?? unknownHealth
}

/** A check that is lost in a crash is run again: it need not outlive one. */
export function writeHealth(layout: Layout, id: string, record: HealthRecord): void {
  writeJson(healthPath(layout, id), record, {durable: false})
}

/**
 * The record after one more run. A failure within the start period does not count; the first success ends it.
 * @param inStartPeriod whether the container is still within it
 */
export function afterRun(
  record: HealthRecord,
  entry: HealthLogEntry,
  config: Pick<ContainerConfig, 'healthcheck' | 'healthLog'>,
  inStartPeriod: boolean,
): HealthRecord {
  const count = config.healthLog.maxCount || DEFAULT_LOG_COUNT
  const size = config.healthLog.maxSize || DEFAULT_LOG_SIZE
  const Log = [...record.Log, {...entry, Output: entry.Output.slice(0, size)}].slice(-count)
  if (entry.ExitCode === 0) return {Status: 'healthy', FailingStreak: 0, Log}
  if (inStartPeriod && record.Status === 'starting') return {...record, Log}
  const FailingStreak = record.FailingStreak + 1
  const isUnhealthy = FailingStreak >= (config.healthcheck?.retries || 1)
  return {Status: isUnhealthy ? 'unhealthy' : record.Status, FailingStreak, Log}
}

function healthPath(layout: Layout, id: string): string {
  return join(layout.userData(id), 'healthcheck.log')
}
