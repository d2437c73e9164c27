import type {ContainerStats} from '../../libpod/define/verb-options.ts'
import {goDuration} from '../go-duration-text.ts'
import {binarySize, humanSize} from '../human-size.ts'

/** A row of `stats` as templates see it; `json` gives the form of `--format json`. */
export class StatsRow {
  readonly #stats: ContainerStats
  readonly #noTrunc: boolean

  constructor(stats: ContainerStats, noTrunc: boolean) {
    this.#stats = stats
    this.#noTrunc = noTrunc
  }

  get ID(): string {
    return this.#noTrunc ? this.#stats.id : this.#stats.id.slice(0, 12)
  }

  get ContainerID(): string {
    return this.#stats.id
  }

  get Name(): string {
    return this.#stats.name
  }

  get CPUPerc(): string {
    return percent(this.#stats.cpuPercent)
  }

  get CPU(): string {
    return String(this.#stats.cpuPercent)
  }

  get AVGCPU(): string {
    return percent(this.#stats.averageCpuPercent)
  }

  get AvgCPU(): string {
    return String(this.#stats.averageCpuPercent)
  }

  get MemUsage(): string {
    return `${humanSize(this.#stats.memoryUsageBytes)} / ${humanSize(this.#stats.memoryLimitBytes)}`
  }

  get MemUsageBytes(): string {
    return `${binarySize(this.#stats.memoryUsageBytes)} / ${binarySize(this.#stats.memoryLimitBytes)}`
  }

  get MemLimit(): number {
    return this.#stats.memoryLimitBytes
  }

  get MemPerc(): string {
    return percent(this.#stats.memoryPercent)
  }

  get NetIO(): string {
    const counters = Object.values(this.#stats.networks)
    const received = counters.reduce((sum, {rxBytes}) => sum + rxBytes, 0)
    const sent = counters.reduce((sum, {txBytes}) => sum + txBytes, 0)
    return `${humanSize(received)} / ${humanSize(sent)}`
  }

  get Network(): object {
    return this.#stats.networks
  }

  get BlockIO(): string {
    return `${humanSize(this.#stats.blockInputBytes)} / ${humanSize(this.#stats.blockOutputBytes)}`
  }

  get BlockInput(): number {
    return this.#stats.blockInputBytes
  }

  get BlockOutput(): number {
    return this.#stats.blockOutputBytes
  }

  get PIDS(): string {
    return String(this.#stats.pids)
  }

  get PIDs(): number {
    return this.#stats.pids
  }

  get CPUNano(): number {
    return this.#stats.cpuNano
  }

  get CPUSystemNano(): number {
    return this.#stats.cpuSystemNano
  }

  get PerCPU(): readonly number[] {
    return this.#stats.perCpuNano
  }

  get SystemNano(): number {
    return this.#stats.systemNano
  }

  get UpTime(): string {
    return goDuration(this.#stats.upTimeNano)
  }

  get Up(): string {
    return this.UpTime
  }

  get Duration(): number {
    return this.#stats.durationNano
  }

  /** All text, as podman has it. */
  json(): object {
    return {
      id: this.ID,
      name: this.Name,
      cpu_time: goDuration(this.#stats.cpuNano),
      cpu_percent: this.CPUPerc,
      avg_cpu: this.AVGCPU,
      mem_usage: this.MemUsage,
      mem_percent: this.MemPerc,
      net_io: this.NetIO,
      block_io: this.BlockIO,
      pids: this.PIDS,
    }
  }
}

function percent(value: number): string {
  return `${value.toFixed(2)}%`
}
