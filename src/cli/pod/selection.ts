import {EngineError} from '../../errors/index.ts'
import type {Pod} from '../../libpod/pod/index.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import * as flags from '../flags.ts'
import {readPodIDFile} from './pod-id-file.ts'

/** Options by which the verbs of pods choose them. */
export const podSelectionFlags = {
  all: flags.bool({char: 'a', summary: 'Choose all pods'}),
  latest: flags.bool({char: 'l', summary: 'Choose the pod that was created last'}),
}

export const podIDFile = flags.array({summary: 'Choose the pod whose ID is in this file (repeatable)'})

export interface PodSelection {
  readonly names: readonly string[]
  readonly all?: boolean
  readonly latest?: boolean
  readonly idFiles?: readonly string[]
}

/** A pod that was asked for, under the word it was asked by. */
export interface ChosenPod {
  readonly word: string
  /** @throws ERR_NO_SUCH_POD */
  pod(): Pod
}

/** @throws ERR_REFUSED in podman's words for none, or for ways that exclude each other */
export function selectPods({pods}: Runtime, {names, all, latest, idFiles = []}: PodSelection): readonly ChosenPod[] {
  if (all && latest) throw new EngineError('ERR_REFUSED', '--all and --latest cannot be used together')
  if (all && names.length > 0) throw new EngineError('ERR_REFUSED', 'no arguments are needed with --all')
  if (latest && names.length > 0) throw new EngineError('ERR_REFUSED', '--latest and pods cannot be used together')
  if (all) return pods.list().map((pod) => ({word: pod.id, pod: () => pod}))
  if (latest) return [{word: pods.latest().id, pod: () => pods.latest()}]
  const words = [...idFiles.map(readPodIDFile), ...names]
  if (words.length === 0) throw new EngineError('ERR_REFUSED', 'you must provide at least one name or id')
  return words.map((word) => ({word, pod: () => pods.lookup(word)}))
}
