import {EngineError} from '../../errors/index.ts'
import type {EntryFacts} from '../../image/index.ts'
import * as flags from '../flags.ts'

/** What an entry of a manifest list says about its image. */
export const entryFlags = {
  annotation: flags.array({
    summary: "Annotation of the image's entry in the list: KEY=VALUE (repeatable)",
    valueName: 'annotation',
  }),
  arch: flags.string({summary: 'Architecture to enter for the image', valueName: 'architecture'}),
  features: flags.list({
    summary: 'CPU features to enter for the image (comma-separated, repeatable)',
    valueName: 'features',
  }),
  os: flags.string({summary: 'Operating system to enter for the image', valueName: 'OS'}),
  'os-version': flags.string({summary: 'Version of the operating system to enter for the image', valueName: 'version'}),
  variant: flags.string({summary: 'Variant of the architecture to enter for the image', valueName: 'Variant'}),
}

/** The old word for `--tls-verify=false`. */
export const insecureFlag = flags.bool({
  summary: 'The same as --tls-verify=false',
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
