import {type GoType, goTypes} from '../template/index.ts'

const {map, number, slice, struct, text, time} = goTypes

const limits = {CPUPeriod: number, CPUQuota: number, CPUSetCPUs: text}
const limitKeys = {CPUPeriod: 'cpu_period', CPUQuota: 'cpu_quota', CPUSetCPUs: 'cpuset_cpus'}

export const inspectPodType: GoType = struct(
  {
    ...{Created: time, Namespace: text, CreateCommand: slice, ExitPolicy: text, Labels: map, RestartPolicy: text},
    ...{CgroupParent: text, CgroupPath: text, InfraContainerID: text, SharedNamespaces: slice, Containers: slice},
    ...{...limits, CPUShares: number, CPUSetMems: text, Mounts: slice, Devices: slice, BlkioDeviceReadBps: slice},
    ...{BlkioDeviceWriteBps: slice, VolumesFrom: slice, SecurityOpts: slice, MemoryLimit: number, MemorySwap: number},
    ...{BlkioWeight: number, BlkioWeightDevice: slice},
    InfraConfig: struct(
      {...limits, PidNS: text, UserNS: text, UtsNS: text, PortBindings: map, NetworkOptions: map},
      '*define.InspectPodInfraConfig',
      {...limitKeys, PidNS: 'pid_ns', UserNS: 'userns', UtsNS: 'uts_ns'},
    ),
  },
  'interface {}',
  {
    ...{...limitKeys, ID: 'Id', CPUShares: 'cpu_shares', CPUSetMems: 'cpuset_mems', Mounts: 'mounts'},
    ...{Devices: 'devices', BlkioDeviceReadBps: 'device_read_bps', BlkioDeviceWriteBps: 'device_write_bps'},
    ...{VolumesFrom: 'volumes_from', SecurityOpts: 'security_opt', MemoryLimit: 'memory_limit'},
    ...{MemorySwap: 'memory_swap', BlkioWeight: 'blkio_weight', BlkioWeightDevice: 'blkio_weight_device'},
  },
)
