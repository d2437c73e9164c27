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

What no single line shows:

- A checkpoint archive is restored by the engine that wrote it: podman's has no record of Berth's container and is refused, and
  criu does not find Berth's root file system again below podman's store.
- Copies are tried again after 1, 2 and 4 seconds, podman 4.3 waits 1 second each time; a registry's error 5xx for a manifest is one of the reasons.
- Layers are named by their chain ids, in \`image tree\` too. \`history\` shows a base image's ID where its last layer was made; podman at the newest entry
  of the base image, which may have no layer.
- An image's \`GraphDriver.Data.WorkDir\` says where a directory would lie that overlay works in; a committed layer needs none and has none.
- \`Digest\` of an image that came through a list is its own manifest's; podman 4.3 gives the list's.
- \`save\` in docker-archive form leaves out what Docker read before 1.10 and nothing has written since: \`json\` and \`VERSION\` beside each layer.
- A template that fails at one of several objects prints nothing; podman has then printed those before it. Both exit with 125.
- A container's name has at most 200 characters, for files are named after it; podman sets no limit.
- A structure that a template prints whole (\`{{.Config.Healthcheck}}\`) leaves out what is zero; its fields by name are there.
- \`unshare\`, \`--userns keep-id\` and \`--userns nomap\` are for users without root, and refused to root in podman's words.
- Berth maps a mount with \`idmap\` itself, whatever the runtime; podman leaves it to the runtime, and runc 1.1 passes over it.
- Where podman answers by chance (its event reader races with its error, a map's order), Berth answers the same every time.
`
}
