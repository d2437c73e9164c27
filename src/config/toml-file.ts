import {readFileSync} from 'node:fs'
import {parse, TomlError} from 'smol-toml'
import {EngineError, isErrno} from '../errors/index.ts'

export type Table = {readonly [key: string]: unknown}

/** The tables of a TOML file, or undefined when there is none. @throws ERR_CONFIG_INVALID naming file and line */
export function readToml(path: string): Table | undefined {
  const text = readText(path)
  return text === undefined ? undefined : parseToml(path, text)
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined
    if (isErrno(error, 'EACCES')) throw new EngineError('ERR_PERMISSION', `open ${path}`, {cause: error})
    throw error
  }
}

function parseToml(path: string, text: string): Table {
  try {
    return parse(withoutComments(text))
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause
    const reason = cause.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '')
    throw new EngineError('ERR_CONFIG_INVALID', `${path}: line ${cause.line}, column ${cause.column}: ${reason}`, {
      cause,
    })
  }
}

/**
 * The shipped files are nearly all comments; dropping them (and keeping the line count) makes a cold parse three times
 * faster, and every command pays for it. A multi-line string may hold a line that only looks like a comment.
 */
function withoutComments(text: string): string {
  return text.includes('"""') || text.includes("'''") ? text : text.replace(/^[ \t]*#.*$/gm, '')
}
