export {exportVolume, importVolume} from './volume-archive.ts'
export type {InspectVolume, VolumeRecord, VolumeRequest} from './volume-record.ts'
export {VolumeStore, type VolumeUsers} from './volume-store.ts'
