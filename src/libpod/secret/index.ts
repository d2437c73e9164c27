export type {InspectSecret, SecretRecord, SecretRequest} from './secret-record.ts'
export {inspectSecret, SecretStore} from './secret-store.ts'
