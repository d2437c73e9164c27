import {readFileSync} from 'node:fs'

/** How the processors have spent their time since boot, in per cent. @see proc(5), /proc/stat */
export function cpuUtilization() {
  const [user = 0, nice = 0, system = 0, idle = 0, ...others] = readTicks()
  const total = [user, nice, system, idle, ...others].reduce((sum, ticks) => sum + ticks, 0)
  const percent = (ticks: number): number => Math.round((ticks / total) * 10_000) / 100
  return {userPercent: percent(user + nice), systemPercent: percent(system), idlePercent: percent(idle)}
}

function readTicks(): number[] {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1)
  return line.trim().split(/\s+/).slice(1).map(Number)
}
