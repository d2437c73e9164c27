import type {Rule, RuleSet} from './rules.ts'

/** What `iptables-save` prints, as far as it says which rules and chains there are. */
export class SavedRules {
  readonly #lines = new Map<string, string[]>()

  constructor(text: string) {
    let lines: string[] = []
    for (const line of text.split('\n'))
      if (line.startsWith('*')) {
        lines = []
        this.#lines.set(line.slice(1), lines)
      } else if (line.startsWith('-A ') || line.startsWith(':')) lines.push(line)
  }

  has({table, chain, text}: Rule): boolean {
    return this.#of(table).includes(`-A ${chain} ${text}`)
  }

  hasChain({table, name}: RuleSet['chains'][number]): boolean {
    return this.#of(table).some((line) => line.startsWith(`:${name} `))
  }

  /** Rules in a chain, and rules that lead into it. */
  count({table, name}: RuleSet['chains'][number]): number {
    return this.#of(table).filter((line) => line.startsWith(`-A ${name} `) || line.endsWith(` -j ${name}`)).length
  }

  #of(table: string): readonly string[] {
    return this.#lines.get(table) ?? []
  }
}

/** What `iptables-restore --noflush` is to read to add what is missing; empty when nothing is. */
export function additions(saved: SavedRules, sets: readonly RuleSet[]): string {
  const changes = new Changes()
  for (const {chains} of sets)
    for (const chain of chains) if (!saved.hasChain(chain)) changes.add(chain.table, `:${chain.name} - [0:0]`)
  for (const {rules} of sets)
    for (const rule of rules)
      if (!saved.has(rule)) changes.add(rule.table, `${rule.first ? '-I' : '-A'} ${rule.chain} ${rule.text}`)
  return changes.text()
}

/** The same to remove what is there, with the chains that are empty then. */
export function removals(saved: SavedRules, sets: readonly RuleSet[]): string {
  const changes = new Changes()
  const present = sets.flatMap(({rules}) => rules).filter((rule) => saved.has(rule))
  for (const rule of present) changes.add(rule.table, `-D ${rule.chain} ${rule.text}`)
  for (const chain of sets.flatMap(({chains}) => chains)) {
    const going = present.filter(
      ({table, chain: name, text}) =>
        table === chain.table && (name === chain.name || text.endsWith(` -j ${chain.name}`)),
    )
    if (saved.hasChain(chain) && saved.count(chain) === going.length) changes.add(chain.table, `-X ${chain.name}`)
  }
  return changes.text()
}

class Changes {
  readonly #lines = new Map<string, string[]>()

  add(table: string, line: string): void {
    const lines = this.#lines.get(table)
    if (lines) lines.push(line)
    else this.#lines.set(table, [line])
  }

  text(): string {
    return [...this.#lines].map(([table, lines]) => `*${table}\n${lines.join('\n')}\nCOMMIT\n`).join('')
  }
}
