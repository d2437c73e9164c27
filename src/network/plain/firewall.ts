import {EngineError} from '../../errors/index.ts'
import {LockFile, runQuick} from '../../host/index.ts'
import {additions, removals, SavedRules} from './rule-changes.ts'
import type {RuleSet} from './rules.ts'

/** Adds and removes rules in one transaction: two programs are started for all of them, where one per rule would be thirty. */
export class Firewall {
  readonly #lock: string

  /** @param lock path of a file: a change goes on when its maker is killed, and the next one waits for it */
  constructor(lock: string) {
    this.#lock = lock
  }

  add(sets: readonly RuleSet[]): Promise<void> {
    return this.#change((saved) => additions(saved, sets))
  }

  remove(sets: readonly RuleSet[]): Promise<void> {
    return this.#change((saved) => removals(saved, sets))
  }

  async #change(decide: (saved: SavedRules) => string): Promise<void> {
    using lock = await LockFile.acquire(this.#lock)
    const saved = await run(lock, 'iptables-save', [])
    const changes = decide(new SavedRules(saved))
    if (changes !== '') await run(lock, 'iptables-restore', ['--noflush', '--wait'], changes)
  }
}

async function run(lock: LockFile, program: string, args: readonly string[], input?: string): Promise<string> {
  const {exitCode, stdout, stderr} = await runQuick(program, args, {input, stdout: true, held: [lock.descriptor]})
  if (exitCode === 0) return stdout
  throw new EngineError('ERR_NETWORK_SETUP', `${program}: ${stderr.trim() || `exit code ${exitCode}`}`)
}
