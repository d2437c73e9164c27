import {appendFileSync, createWriteStream} from 'node:fs'
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
  const file = createWriteStream(logPath(given.logfile, given.logsplit, platform), {flags: 'a'})
  return {
    ...both(file),
    [Symbol.asyncDispose]: () => new Promise((resolve) => void file.end(resolve)),
  }
}

/** Adds a line to the log once its streams are closed; false without a log. */
export function appendToLog(given: BuildOptions, platform: BuildPlatform | undefined, line: string): boolean {
  if (given.logfile === undefined) return false
  appendFileSync(logPath(given.logfile, given.logsplit, platform), `${line}\n`)
  return true
}

function logPath(logfile: string, logsplit: boolean, platform: BuildPlatform | undefined): string {
  return logsplit && platform ? `${logfile}_${platform.os}_${platform.architecture}` : logfile
}

function both(stream: Writable): {stdout: Writable; stderr: Writable} {
  return {stdout: stream, stderr: stream}
}

async function nothing(): Promise<void> {}
