import {existsSync} from 'node:fs'
import type {NamespaceTemplate} from '../libpod/define/spec-vocabulary.ts'
import {refuse} from './refuse.ts'
import type {SpecServices} from './services.ts'

export interface NamespaceRules {
  /** As podman calls it in messages. */
  readonly name: string
  /** In capitals, but for the network. */
  readonly title: string
  readonly words: readonly ('private' | 'host' | 'shareable' | 'none' | 'pod')[]
}

export const namespaceRules = {
  pid: {name: 'pid', title: 'PID', words: ['private', 'host']},
  ipc: {name: 'ipc', title: 'IPC', words: ['private', 'host', 'shareable', 'none']},
  uts: {name: 'uts', title: 'UTS', words: ['private', 'host']},
  cgroup: {name: 'cgroup', title: 'cgroup', words: ['private', 'host']},
  network: {name: 'net', title: 'network', words: ['private', 'host', 'none']},
} as const satisfies Record<string, NamespaceRules>

/**
 * A mode word: `private`, `host`, `container:NAME`, `ns:PATH`, …
 * @throws ERR_REFUSED for an unknown word or a path that is not there, ERR_NO_SUCH_CTR
 */
export function resolveNamespace(word: string, rules: NamespaceRules, services: SpecServices): NamespaceTemplate {
  const plain = rules.words.find((known) => known === word)
  if (plain) return {mode: plain}
  const colon = word.indexOf(':')
  const [kind, value] = colon < 0 ? [word, undefined] : [word.slice(0, colon), word.slice(colon + 1)]
  if (value !== undefined && kind === 'container') return {mode: 'container', container: owner(value, rules, services)}
  if (value !== undefined && kind === 'ns') return {mode: 'path', path: namespacePath(value, rules)}
  if (word === 'pod') refuse('cannot share a namespace with a pod: the container is not in one')
  return refuse(`unrecognized namespace mode ${word} passed`)
}

function owner(nameOrID: string, {name}: NamespaceRules, {containers}: SpecServices): string {
  if (nameOrID === '') refuse('invalid config provided: namespace mode container requires a value')
  try {
    return containers.lookup(nameOrID).id
  } catch (cause) {
    return refuse(`looking up container to share ${name} namespace with: ${(cause as Error).message}`, cause)
  }
}

function namespacePath(path: string, {title}: NamespaceRules): string {
  if (path === '') refuse('invalid config provided: namespace mode path requires a value')
  if (!existsSync(path))
    refuse(`cannot find specified ${title} namespace path: stat ${path}: no such file or directory`)
  return path
}
