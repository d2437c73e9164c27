export {accountNames, hostAccountNames} from './account-names.ts'
export {
  type ByteString,
  chmodAt,
  chmodDescriptor,
  chownAt,
  chownDescriptor,
  type FileStatus,
  linkAt,
  mkdirAt,
  mknodAt,
  openAt,
  openFlags,
  openInRoot,
  readLinkAt,
  renameAt,
  rmdirAt,
  setTimes,
  setTimesAt,
  statAt,
  symlinkAt,
  type Timestamp,
  unlinkAt,
} from './at-calls.ts'
export {type AtomicWriteOptions, syncDirectory, writeFileAtomic} from './atomic-file.ts'
export {boundingCapabilities, capabilityNames} from './capabilities.ts'
export {type CgroupHierarchy, cgroupHierarchies, cgroupPathsOf, enterCgroup, mountedCgroupTrees} from './cgroup.ts'
export {findProgram} from './find-program.ts'
export {installRoot} from './install-root.ts'
export {type JournalQuery, readJournalEntries} from './journal.ts'
export {readJson, updateJson, type Versioned, writeJson} from './json-store.ts'
export {killAndWait, killProcess} from './kill-process.ts'
export {Lifeline} from './lifeline.ts'
export {listenUnix} from './listen-unix.ts'
export {LockFile, type LockOptions} from './lock-file.ts'
export {makeDirectories} from './make-directories.ts'
export {type IDMapping, type IDMappings, mountMapped} from './mapped-mount.ts'
export {MemoryFile} from './memory-file.ts'
export {isMountPoint, mount, mountFlags, mountPointsBelow, unmount} from './mount.ts'
export {mountAttributes, mountTree} from './mount-tree.ts'
export {NamedDirectories} from './named-directories.ts'
export {endNow, type StandIn, syscall, syscallAsync, withoutLibc} from './native.ts'
export {
  type NetlinkRequest,
  NetlinkSocket,
  netlinkAttribute,
  netlinkAttributes,
  netlinkFlags,
} from './netlink.ts'
export {listInterfaces} from './network-interfaces.ts'
export {createNetworkNamespace, inNetworkNamespace} from './network-namespace.ts'
export {sendNotification} from './notify-socket.ts'
export {exitOf, type PosixSpawnOptions, pipe, posixSpawn} from './posix-spawn.ts'
export {
  type Filter,
  filter,
  type PipeOptions,
  pipeThrough,
  type RunOptions,
  type RunResult,
  run,
  runForBytes,
} from './process.ts'
export {identifyProcess, isAlive, type ProcessIdentity} from './process-identity.ts'
export {limitDirectory, type ProjectLimits, unlimitDirectory} from './project-quota.ts'
export {type QuickRunOptions, type QuickRunResult, runQuick} from './quick-run.ts'
export {redirectOutput} from './redirect-output.ts'
export {removeDirectory} from './remove-directory.ts'
export {removeMountPlaces} from './remove-mount-places.ts'
export {resolveInRoot} from './resolve-in-root.ts'
export {type ProgramOptions, runProgram} from './run-program.ts'
export {writeSeccompFilter} from './seccomp-filter.ts'
export {SeqpacketSocket} from './seqpacket-socket.ts'
export {settleProcess} from './settle-process.ts'
export {parseSignal, signalName} from './signals.ts'
export {type DetachedOptions, type DetachedProcess, spawnDetached} from './spawn-detached.ts'
export {writeSyslog} from './syslog.ts'
export {cpuWeightOf, ioWeightOf, orMax, passControllersTo} from './unified-cgroup.ts'
export {workingDirectory} from './working-directory.ts'
export {kernelHasX32} from './x32.ts'
export {getXattrAt, listXattrAt, removeXattr, setXattr, setXattrAt} from './xattr.ts'
