export type {
  ContainersSection,
  EngineConfig,
  EngineSection,
  LogLevel,
  MachineSection,
  NetworkSection,
  SecretsSection,
  StorageConfig,
} from './engine-config.ts'
export type {EnvironmentSource} from './environment.ts'
export {DurationError, parseGoDuration} from './go-duration.ts'
export {type ConfigOptions, type GlobalOptions, loadConfig} from './load-config.ts'
export {parseSize} from './size.ts'
