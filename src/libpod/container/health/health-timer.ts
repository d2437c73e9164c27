import {spawn} from 'node:child_process'
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {identifyProcess, installRoot, isAlive, type ProcessIdentity} from '../../../host/index.ts'
import {berthCommand} from '../exit-command.ts'
import type {HeldContainer} from '../held-container.ts'

const NS_PER_SECOND = 1_000_000_000

/**
 * Runs the container's health check every interval while it lives: a small shell loop of its own, which ends by itself when
 * the file beside the bundle is gone. There is no daemon to do it, and not every host has systemd's timers.
 */
export function startHealthTimer(held: HeldContainer): void {
  const {healthcheck} = held.config
  if (!healthcheck || healthcheck.test[0] === 'NONE' || healthcheck.intervalNs <= 0) return
  stopHealthTimer(held)
  const seconds = Math.max(1, Math.round(healthcheck.intervalNs / NS_PER_SECOND))
  const loop = spawn(
    join(installRoot(), 'bin', 'berth-health'),
    [markerPath(held), String(seconds), ...berthCommand(held.engine), 'healthcheck', 'run', held.id],
    {detached: true, stdio: 'ignore', cwd: '/'},
  )
  loop.on('error', () => {})
  loop.unref()
  const process = loop.pid === undefined ? undefined : identifyProcess(loop.pid)
  if (process) writeFileSync(markerPath(held), JSON.stringify(process))
}

/** A missing one is success. */
export function stopHealthTimer(held: HeldContainer): void {
  if (!existsSync(markerPath(held))) return
  const loop = JSON.parse(readFileSync(markerPath(held), 'utf8')) as ProcessIdentity
  rmSync(markerPath(held), {force: true})
  if (loop.pid !== process.ppid && isAlive(loop)) process.kill(loop.pid, 'SIGTERM')
}

function markerPath({bundle}: HeldContainer): string {
  return join(bundle, 'health-timer')
}
