import type {AreaCoverage, Count} from './compare.ts'

const SHOWN = 60

/** docs/podman-coverage.md */
export function coverageText(areas: readonly AreaCoverage[]): string {
  return [
    '# What of podman’s command line is there',
    '',
    'Made by `node scripts/coverage-table.ts` from a copy of podman 5.8.2’s commands and options (`test/fixtures/podman`) and',
    '`oclif.manifest.json`. "Weighted" counts each command and option as often as podman’s own tests use it. An option that is',
    'known and refused counts as missing.',
    '',
    '| area | commands | options | weighted |',
    '| --- | --- | --- | --- |',
    ...areas.map(
      (area) =>
        `| ${area.title} | ${countText(area.commands)} | ${countText(area.options)} | ${percent(area.weighted)} |`,
    ),
    '',
    ...areas.flatMap(missingText),
  ].join('\n')
}

function missingText({title, missing}: AreaCoverage): string[] {
  if (missing.length === 0) return []
  const commands = missing.filter(({name}) => !name.includes('--'))
  const gone = new Set(commands.map(({name}) => name))
  // The options of a command that is missing go without saying.
  const lines = missing.filter(({name}) => !name.includes(' --') || !gone.has(name.slice(0, name.indexOf(' --'))))
  return [
    `## Missing: ${title}`,
    '',
    '| command or option | uses | reason |',
    '| --- | --- | --- |',
    ...lines.slice(0, SHOWN).map(({name, uses, reason}) => `| \`${name}\` | ${uses} | ${reason} |`),
    ...(lines.length > SHOWN ? [`| … and ${lines.length - SHOWN} more | | |`] : []),
    '',
  ]
}

function countText({there, all}: Count): string {
  return `${there} of ${all}`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
