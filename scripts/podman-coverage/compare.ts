import {type Area, areas, reasons, refused} from './areas.ts'
import {type OwnCommands, type ReferenceCommand, type Usage, usageKey} from './read-data.ts'

export interface AreaCoverage {
  readonly title: string
  readonly commands: Count
  readonly options: Count
  /** Share of podman's own uses of commands and options in this area that find what they use. */
  readonly weighted: number
  readonly missing: readonly Missing[]
}

export interface Count {
  readonly there: number
  readonly all: number
}

export interface Missing {
  readonly name: string
  readonly uses: number
  readonly reason: string
}

export interface Surface {
  readonly commands: readonly ReferenceCommand[]
  readonly usage: Usage
  readonly ours: OwnCommands
}

interface Item {
  readonly name: string
  readonly isOption: boolean
  readonly uses: number
  readonly there: boolean
  readonly reason: string
}

/** What of podman's surface is there, by area. Uses count once more than seen, so that nothing weighs nothing. */
export function compare({commands, usage, ours}: Surface): AreaCoverage[] {
  const byArea = new Map<Area, Item[]>(areas.map((area) => [area, []]))
  for (const command of commands) {
    if (command.name === '') continue
    const area = areas.find(({pattern}) => pattern.test(command.name)) as Area
    byArea.get(area)?.push(...itemsOf(command, area, usage, ours))
  }
  return [...byArea].map(([{title}, items]) => coverageOf(title, items)).reverse()
}

function itemsOf(command: ReferenceCommand, area: Area, usage: Usage, ours: OwnCommands): Item[] {
  const own = ours.get(command.name)
  const uses = (option: string): number => (usage.get(usageKey(command.name, option)) ?? 0) + 1
  const item = (option: string, known: boolean): Item => {
    const name = usageKey(command.name, option)
    const refusal = refused.find((one) => one.command.test(command.name) && one.options.includes(option))
    const reason = refusal?.reason ?? reasons[name] ?? reasons[command.name] ?? area.reason
    return {name, isOption: option !== '', uses: uses(option), there: known && !refusal, reason}
  }
  const options = command.options.filter(({unimplemented, name}) => !unimplemented && name !== '--help')
  return [item('', own !== undefined), ...options.map(({name}) => item(name, own?.has(name) ?? false))]
}

function coverageOf(title: string, items: readonly Item[]): AreaCoverage {
  const weight = (some: readonly Item[]): number => some.reduce((sum, {uses}) => sum + uses, 0)
  const there = items.filter((item) => item.there)
  return {
    title,
    commands: count(items.filter(({isOption}) => !isOption)),
    options: count(items.filter(({isOption}) => isOption)),
    weighted: weight(there) / weight(items),
    missing: items
      .filter((item) => !item.there)
      .map(({name, uses, reason}) => ({name, uses: uses - 1, reason}))
      .sort((a, b) => b.uses - a.uses),
  }
}

function count(items: readonly Item[]): Count {
  return {there: items.filter(({there}) => there).length, all: items.length}
}
