import {spawn} from 'node:child_process'
import {setTimeout as sleep} from 'node:timers/promises'
import type {TestEngine} from './engine.ts'

export interface Outcome {
  readonly killed: boolean
  readonly exitCode: number | null
  /** What it had told when it ended. */
  readonly stdout: string
  readonly stderr: string
}

/**
 * When commands are killed: at a random moment of about the time that they take, which is found out on the way. On a machine
 * of any speed, and under any load, some two in three are still running then.
 */
export class KillMoments {
  readonly #random: () => number
  #factor = 1
  #killed = 0

  constructor(random: () => number) {
    this.#random = random
  }

  /** How many were still running. */
  get killed(): number {
    return this.#killed
  }

  /** @param durationMs about twice what the command takes somewhere */
  next(durationMs: number): number {
    return durationMs * this.#factor * this.#random()
  }

  note(wasRunning: boolean): void {
    if (wasRunning) this.#killed++
    this.#factor *= wasRunning ? 1.03 : 0.95
  }
}

/** Runs a command and kills it with SIGKILL after that time, unless it has ended. */
export async function runAndKill(berth: TestEngine, args: readonly string[], afterMs: number): Promise<Outcome> {
  const {program, globalArgs, env} = berth.setup
  const child = spawn(program, [...globalArgs, ...args], {
    env: {...process.env, ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const killed = await Promise.race([ended.then(() => false), sleep(afterMs).then(() => true)])
  if (killed) child.kill('SIGKILL')
  const exitCode = await ended
  // What it wrote before it died is still in the pipe; monitors that outlive it may hold the other end.
  await sleep(5)
  return {killed: killed && exitCode === null, exitCode, stdout, stderr}
}

/** A small generator of its own, so that a seed repeats the same run. @see mulberry32 */
export function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
