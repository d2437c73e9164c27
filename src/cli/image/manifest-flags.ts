import {EngineError} from '../../errors/index.ts'
import type {EntryFacts} from '../../image/index.ts'
import * as flags from '../flags.ts'

/** What an entry of a manifest list says about its image. */
export const entryFlags = {
  annotation: flags.array({summary: 'set an annotation for the specified image', valueName: 'annotation'}),
  arch: flags.string({summary: 'override the architecture of the specified image', valueName: 'architecture'}),
  features: flags.list({summary: 'override the features of the specified image', valueName: 'features'}),
  os: flags.string({summary: 'override the OS of the specified image', valueName: 'OS'}),
  'os-version': flags.string({summary: 'override the OS version of the specified image', valueName: 'version'}),
  variant: flags.string({summary: 'override the Variant of the specified image', valueName: 'Variant'}),
}

/** The old word for `--tls-verify=false`. */
export const insecureFlag = flags.bool({
  summary: 'neither require HTTPS nor verify certificates when accessing the registry',
  hidden: true,
})

interface EntryGiven {
  readonly annotation: readonly string[]
  readonly arch?: string
  readonly features: readonly string[]
  readonly os?: string
  readonly 'os-version'?: string
  readonly 'os-features'?: readonly string[]
  readonly variant?: string
}

export function factsOf(given: EntryGiven): EntryFacts {
  const {annotation, arch, features, os, variant, 'os-version': osVersion, 'os-features': osFeatures} = given
  return {
    ...(annotation.length > 0 && {annotations: annotationsOf(annotation)}),
    ...(arch !== undefined && {architecture: arch}),
    ...(os !== undefined && {os}),
    ...(osVersion !== undefined && {osVersion}),
    ...(osFeatures && {osFeatures}),
    features,
    ...(variant !== undefined && {variant}),
  }
}

/** @throws ERR_REFUSED for one without a value */
export function annotationsOf(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=')
      if (equals < 0) throw new EngineError('ERR_REFUSED', `no value given for annotation "${text}"`)
      return [text.slice(0, equals), text.slice(equals + 1)]
    }),
  )
}
