export {type Compression, compressionOf, decompress} from './decompress.ts'
export type * from './layer-store.ts'
export {openLayerStore} from './open-layer-store.ts'
export type * from './snapshotter.ts'
