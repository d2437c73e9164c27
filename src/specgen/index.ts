export {boundingSet} from './capabilities.ts'
export type * from './container-request.ts'
export {definedOnly} from './environment.ts'
export {generateContainer} from './generate-container.ts'
export {type Health, resolveHealth} from './health.ts'
export {joinPod, sandboxAnnotations} from './join-pod.ts'
export {resolveRestart} from './lifecycle.ts'
export {checkName} from './names.ts'
export {chosenPorts} from './network.ts'
export {
  parseByteRate,
  parseDevice,
  parseDeviceRule,
  parseDevices,
  parseOperationRate,
  parseWeight,
  parseWeightDevice,
} from './parse/device.ts'
export {parseIDMaps} from './parse/id-map.ts'
export {keyValues, readPairsFile, splitAtEquals, strictKeyValues} from './parse/key-values.ts'
export {parseMount} from './parse/mount.ts'
export {bytes, decimalBytes, durationNs} from './parse/numbers.ts'
export {parseExpose, parsePublish} from './parse/port.ts'
export {parseTmpfs} from './parse/tmpfs.ts'
export {parseUlimit} from './parse/ulimit.ts'
export {parseVolume} from './parse/volume.ts'
export {refuse, refuseArgument} from './refuse.ts'
export {resolveResources} from './resources.ts'
export {defaultSeccompProfile} from './security.ts'
export type {SpecServices} from './services.ts'
