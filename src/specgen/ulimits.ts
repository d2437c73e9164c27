import type {RlimitTemplate} from '../libpod/define/spec-vocabulary.ts'
import type {ContainerRequest} from './container-request.ts'
import {parseUlimit} from './parse/ulimit.ts'
import type {SpecServices} from './services.ts'

/** The request's limits, and the configured ones for those it does not name; `host` means none at all. */
export function resolveUlimits({ulimits = []}: ContainerRequest, {config}: SpecServices): RlimitTemplate[] {
  const asked = ulimits.flatMap((limit) => (limit === 'host' ? [] : [{...limit, byDefault: false}]))
  if (ulimits.includes('host')) return asked
  const given = new Set(asked.map(({type}) => type))
  const defaults = config.containers.defaultUlimits.map(parseUlimit)
  return [
    ...asked,
    ...defaults.flatMap((limit) => (limit === 'host' || given.has(limit.type) ? [] : [{...limit, byDefault: true}])),
  ]
}
