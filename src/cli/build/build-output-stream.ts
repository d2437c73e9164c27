import {createWriteStream} from 'node:fs'
import {Writable} from 'node:stream'
import type {BuildOptions} from './build-flags.ts'
import type {BuildPlatform} from './build-platforms.ts'

export interface BuildOutputStreams extends AsyncDisposable {
  readonly stdout: Writable
  readonly stderr: Writable
}

/** Where steps, and what their commands print, are told: the terminal, nowhere, or a log file. */
export function outputStreams(given: BuildOptions, platform: BuildPlatform | undefined): BuildOutputStreams {
  if (given.quiet)
    return {...both(new Writable({write: (_chunk, _encoding, done) => done()})), [Symbol.asyncDispose]: nothing}
  // A tar on stdout leaves no room for other lines.
  const toStdout = given.output.some((word) => word === '-' || word.endsWith('dest=-'))
  if (given.logfile === undefined)
    return {stdout: toStdout ? process.stderr : process.stdout, stderr: process.stderr, [Symbol.asyncDispose]: nothing}
  const {logfile, logsplit} = given
  const path = logsplit && platform ? `${logfile}_${platform.os}_${platform.architecture}` : logfile
  const file = createWriteStream(path, {flags: 'a'})
  return {
    ...both(file),
    [Symbol.asyncDispose]: () => new Promise((resolve) => void file.end(resolve)),
  }
}

function both(stream: Writable): {stdout: Writable; stderr: Writable} {
  return {stdout: stream, stderr: stream}
}

async function nothing(): Promise<void> {}
