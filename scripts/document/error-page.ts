import {type ErrorInfo, type ErrorKind, errorTable} from '../../src/errors/index.ts'

const kinds: Readonly<Record<ErrorKind, string>> = {
  notFound: 'the named object does not exist',
  alreadyExists: 'an object with that name is there already',
  invalidArgument: 'the request makes no sense; it would fail again',
  invalidState: 'the object is in a state in which this cannot be done',
  inUse: 'something else depends on the object',
  permission: 'the caller may not do this',
  notSupported: 'this host or this object cannot do it',
  commandNotFound: "the container's command was not found",
  commandNotExecutable: "the container's command could not be started",
  corrupt: 'data that was read is damaged or not what it claims to be',
  external: 'another program or the system failed',
  internal: 'a mistake in Berth: please report it',
}

/** The page docs/errors.md: every code with its kind and the end of its message. */
export function describeErrors(): string {
  const entries = Object.entries(errorTable) as [string, ErrorInfo][]
  const rows = entries.map(
    ([code, {kind, summary}]) => `| \`${code}\` | ${kind} | ${summary || '(the message stands alone)'} |`,
  )
  const explained = Object.entries(kinds).map(([kind, meaning]) => `| ${kind} | ${meaning} |`)
  return `# Errors

Every failure is an \`EngineError\` with a code from this table; programs branch on \`code\`, never on the text. The message
is \`DETAIL: SUMMARY\`, worded as podman words the same failure. The code fixes the kind; the command line turns kinds into
exit codes and the HTTP API into statuses. Written by \`node scripts/document-errors.ts\`; a test keeps it true.

| Kind | Meaning |
|---|---|
${explained.join('\n')}

| Code | Kind | Summary |
|---|---|---|
${rows.join('\n')}
`
}
