export {build, parsePlatform} from './build.ts'
export type {BuildRequest, BuildServices, RunMount, RunOutcome, RunRequest, SecretSource} from './build-request.ts'
export {type EngineServicesOptions, engineServices} from './engine-services.ts'
export {StepCache} from './step-cache.ts'
