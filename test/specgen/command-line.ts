import {type CreateOptions, containerRequest, createFlags} from '../../src/cli/create-options/create-flags.ts'
import {type FlagSet, parseFlags} from '../../src/cli/pflag/parse-flags.ts'
import type {ContainerConfig} from '../../src/libpod/define/container-config.ts'
import {generateContainer} from '../../src/specgen/index.ts'
import {type TestServices, testServices} from './services.ts'

/** The config that `berth create ARGS…` would make. */
export function configOf(args: readonly string[], services: TestServices = testServices()): ContainerConfig {
  const parsed = parseFlags(args, createFlags as unknown as FlagSet, {
    stopAtFirstPositional: true,
    onDeprecated: (text) => services.warn(text),
  })
  const request = containerRequest(parsed.values as CreateOptions, parsed.positionals, {
    workingDirectory: '/',
    environment: services.environment,
    changed: (option) => parsed.changed.has(option),
    warn: (sentence) => services.warn(sentence),
  })
  return generateContainer(request, services)
}
