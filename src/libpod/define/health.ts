export type HealthStatus = 'starting' | 'healthy' | 'unhealthy' | 'stopped'

/** One run of a health check, as `inspect` shows it. */
export interface HealthLogEntry {
  readonly Start: string
  readonly End: string
  readonly ExitCode: number
  readonly Output: string
}

/** What is known of a container's health: podman's own document. */
export interface HealthRecord {
  readonly Status: HealthStatus
  readonly FailingStreak: number
  readonly Log: readonly HealthLogEntry[]
}

export const unknownHealth: HealthRecord = {Status: 'starting', FailingStreak: 0, Log: []}
