import {readFileSync} from 'node:fs'
import {isErrno} from '../errors/index.ts'
import type {IDMap} from '../libpod/define/spec-vocabulary.ts'
import {refuse} from './refuse.ts'

/** The ranges of a user, one after the other from 0. @see subuid(5) */
export function subordinate(user: string, path: string, what: string): IDMap[] {
  let next = 0
  const found = readLines(path).flatMap((line) => {
    const [name, start, size] = line.split(':')
    if (name !== user) return []
    const map = {containerID: next, hostID: Number(start), size: Number(size)}
    next += map.size
    return [map]
  })
  if (found.length === 0) refuse(`no ${what} ranges found for user ${JSON.stringify(user)} in ${path}`)
  return found
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}
