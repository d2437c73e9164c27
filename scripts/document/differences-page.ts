import {areas, caseFiles, readScenarios} from '../../test/system/oracle/read-cases.ts'

/** The page docs/podman-differences.md: what `@differs` marks in the cases say. */
export function describeDifferences(): string {
  const scenarios = areas.flatMap(caseFiles).flatMap(readScenarios)
  const cases = scenarios.flatMap((scenario) => scenario.cases)
  const rows = cases.flatMap(({line, differs}) =>
    [...differs].map(([stream, reason]) => `| \`${line.replaceAll('|', '\\|')}\` | ${stream} | ${reason} |`),
  )
  const marked = cases.filter(({differs}) => differs.size > 0).length
  return `# Where Berth differs from podman

The tests run ${cases.length} command lines with the installed podman (Debian 12 has 4.3.1) and with Berth and compare exit code,
standard output and standard error; of JSON they compare keys and types. Ids, times, paths and the program's name count as
equal. ${cases.length - marked} lines answer the same; the others are these, and a test fails when one of them no longer differs.
Berth follows podman 5.8 where it has changed since 4.3. Written by \`node scripts/document-differences.ts\`.

| Command line | What differs | Why |
|---|---|---|
${rows.join('\n')}
`
}
