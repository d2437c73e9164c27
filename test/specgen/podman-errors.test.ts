import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {configOf} from './command-line.ts'

/** Recorded from `podman create` 4.3.1: command line, and what it printed after `Error: `; empty where it succeeded. */
const recorded = readFileSync(join(import.meta.dirname, '../fixtures/podman-create-errors.tsv'), 'utf8')

  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.split('\t') as [string, string])

/** Where Berth means to say something else, and why. */
const differences: Readonly<Record<string, string>> = {
  // The OCI runtime would refuse the container at every start.
  '--sysctl kernel.msgmax=1 --ipc host localhost/busybox true':
    "sysctl kernel.msgmax=1 can't be set since IPC Namespace set to host: invalid argument",
  '--mount type=image,src=nope,dst=/x localhost/busybox true': 'nope: image not known',
  '--personality foo localhost/busybox true': 'invalid personality "foo": must be LINUX or LINUX32',
  // podman 5 knows one more mode.
  '--sdnotify foo localhost/busybox true':
    'invalid config provided: invalid argument: invalid sdnotify value "foo": must be container, conmon, healthy or ignore',
}

describe('podman create', () => {
  it.each(recorded)('%s', (line, text) => {
    const expected = differences[line] ?? text
    expect(outcome(splitWords(line))).toBe(expected)
  })
})

function outcome(args: readonly string[]): string {
  try {
    configOf(args)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

/** As a shell splits: single quotes keep what is inside. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
}
