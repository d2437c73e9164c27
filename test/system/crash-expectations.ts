import type {Outcome} from '../helpers/kill-at-random.ts'

export type Verb = 'create' | 'start' | 'stop' | 'rm' | 'load' | 'rmi'

export interface Operation {
  readonly verb: Verb
  readonly name: string
  /** About twice what the command takes: the kill comes at any moment of it, or after its end. */
  readonly durationMs: number
}

/** Undefined: a command was killed without a word, so either answer is right. */
type Known<T> = T | undefined

const durations: Readonly<Record<Verb, number>> = {create: 220, start: 320, stop: 320, rm: 260, load: 500, rmi: 260}
const image = 'localhost/busybox'

/** What must be true of the engine, told by the answers that its commands gave before they were killed. */
export class Expectations {
  readonly #containers = new Map<string, Known<'created' | 'running' | 'ended' | 'gone'>>()
  #image: Known<boolean> = false
  #count = 0

  /** An operation that makes sense now. */
  next(random: () => number): Operation {
    const verb = this.#verb(random)
    return {verb, name: this.#name(verb, random), durationMs: durations[verb]}
  }

  #verb(random: () => number): Verb {
    if (this.#image !== true) return 'load'
    const living = this.#existing().length
    if (living < 2) return 'create'
    const verbs: Verb[] = ['create', 'start', 'start', 'stop', 'stop', 'rm', 'rm', 'load', 'rmi']
    return verbs[Math.floor(random() * verbs.length)] ?? 'create'
  }

  #name(verb: Verb, random: () => number): string {
    if (verb === 'create') return `c${this.#count++}`
    if (verb === 'load' || verb === 'rmi') return image
    const names = this.#existing()
    return names[Math.floor(random() * names.length)] ?? 'none'
  }

  #existing(): string[] {
    return [...this.#containers].filter(([, state]) => state !== 'gone').map(([name]) => name)
  }

  /** A command that named its object on standard output has promised that it is done. */
  note(operation: Operation, outcome: Outcome): void {
    const promised = outcome.stdout.trim() !== ''
    if (!outcome.killed && outcome.exitCode !== 0) return
    switch (operation.verb) {
      case 'load':
        this.#image = promised || (this.#image === true ? true : undefined)
        return
      case 'rmi':
        this.#image = promised ? false : undefined
        return
      case 'create':
        this.#containers.set(operation.name, promised ? 'created' : undefined)
        return
      default: {
        const after = ({start: 'running', stop: 'ended', rm: 'gone'} as const)[operation.verb]
        this.#containers.set(operation.name, promised ? after : undefined)
      }
    }
  }

  /** What the engine shows that cannot be. */
  contradictions(states: ReadonlyMap<string, string>, hasImage: boolean): string[] {
    const found: string[] = []
    if (this.#image !== undefined && this.#image !== hasImage) found.push(`image there: ${hasImage}`)
    for (const [name, state] of this.#containers) {
      const seen = states.get(name)
      if (!this.#agrees(state, seen)) found.push(`${name} should be ${state}, is ${seen ?? 'gone'}`)
    }
    for (const name of states.keys()) if (!this.#containers.has(name)) found.push(`${name} was never asked for`)
    return found
  }

  #agrees(state: Known<string>, seen: string | undefined): boolean {
    switch (state) {
      case 'created':
        return seen === 'Created'
      case 'running':
        return seen === 'Up'
      case 'ended':
        return seen === 'Exited' || seen === 'Created' || seen === 'Stopped'
      case 'gone':
        return seen === undefined
      default:
        return true
    }
  }
}
