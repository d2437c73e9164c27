import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {installRoot} from '../../host/index.ts'
import type {EngineSection} from '../engine-config.ts'
import type {ValueReader} from '../value-reader.ts'
import {journalIsUsable} from './containers.ts'

export const engineDefaults = {
  conmon_env_vars: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  conmon_path: [
    '/usr/libexec/podman/conmon',
    '/usr/local/libexec/podman/conmon',
    '/usr/local/lib/podman/conmon',
    '/usr/bin/conmon',
    '/usr/sbin/conmon',
    '/usr/local/bin/conmon',
    '/usr/local/sbin/conmon',
  ],
  helper_binaries_dir: ['/usr/local/libexec/podman', '/usr/local/lib/podman', '/usr/libexec/podman', '/usr/lib/podman'],
  hooks_dir: ['/usr/share/containers/oci/hooks.d'],
  cdi_spec_dirs: ['/etc/cdi', '/var/run/cdi'],
  runtime_supports_nocgroup: ['crun', 'crun-vm', 'krun'],
}

/** Candidate paths of the known OCI runtimes; a configured list replaces them. */
const BIN_FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/sbin', '/bin']
const KNOWN_RUNTIMES = ['runc', 'crun', 'youki', 'kata-runtime', 'kata-qemu', 'runsc', 'krun']

export function engineSection(read: ValueReader): EngineSection {
  return {...programs(read), ...containerHandling(read), ...imageHandling(read), ...podsAndService(read)}
}

function programs(read: ValueReader) {
  return {
    runtime: read.string('runtime', 'berth-vm'),
    runtimes: runtimes(read),
    runtimeFlags: [],
    runtimesWithoutCgroups: read.list('runtime_supports_nocgroup'),
    conmonPaths: read.list('conmon_path'),
    conmonEnv: read.list('conmon_env_vars'),
    helperBinaryDirs: read.list('helper_binaries_dir'),
    networkCommandPath: read.string('network_cmd_path', ''),
    hooksDirs: read.list('hooks_dir'),
    cdiSpecDirs: read.list('cdi_spec_dirs'),
    platformToRuntime: read.strings('platform_to_oci_runtime'),
    env: read.list('env'),
  }
}

function runtimes(read: ValueReader): Readonly<Record<string, readonly string[]>> {
  const known = KNOWN_RUNTIMES.map((name) => [name, BIN_FOLDERS.map((folder) => join(folder, name))])
  const own = {'berth-vm': [join(installRoot(), 'bin/berth-vm'), '/usr/bin/berth-vm', '/usr/local/bin/berth-vm']}
  return {...Object.fromEntries(known), ...own, ...read.lists('runtimes')}
}

function containerHandling(read: ValueReader) {
  return {
    cgroupManager: read.choice('cgroup_manager', ['cgroupfs', 'systemd'], systemdRuns() ? 'systemd' : 'cgroupfs'),
    detachKeys: typeof read.raw('detach_keys') === 'string' ? String(read.raw('detach_keys')) : 'ctrl-p,ctrl-q',
    eventsLogger: read.choice('events_logger', ['file', 'journald', 'none'], journalIsUsable() ? 'journald' : 'file'),
    eventsLogfilePath: read.optionalString('events_logfile_path'),
    eventsLogfileMaxBytes: read.size('events_logfile_max_size', 10 ** 6),
    eventsContainerCreateInspectData: read.boolean('events_container_create_inspect_data', false),
    healthcheckEvents: read.boolean('healthcheck_events', true),
    noPivotRoot: read.boolean('no_pivot_root', false),
    stopTimeoutSeconds: read.integer('stop_timeout', 10),
    volumePath: read.string('volume_path', ''),
    volumePlugins: read.strings('volume_plugins'),
    volumePluginTimeoutSeconds: read.integer('volume_plugin_timeout', 5),
  } as const
}

function systemdRuns(): boolean {
  return existsSync('/run/systemd/system')
}

function imageHandling(read: ValueReader) {
  return {
    compressionFormat: read.string('compression_format', 'gzip'),
    compressionLevel: read.optionalInteger('compression_level'),
    imageParallelCopies: read.integer('image_parallel_copies', 0),
    imageVolumeMode: volumeMode(read),
    multiImageArchive: read.boolean('multi_image_archive', false),
    pullPolicy: read.choice('pull_policy', ['always', 'missing', 'never', 'newer'], 'missing'),
    retry: read.integer('retry', 3),
    retryDelay: read.string('retry_delay', ''),
  } as const
}

function volumeMode(read: ValueReader): EngineSection['imageVolumeMode'] {
  const mode = read.choice('image_volume_mode', ['anonymous', 'bind', 'tmpfs', 'ignore'], 'anonymous')
  return mode === 'bind' ? 'anonymous' : mode
}

function podsAndService(read: ValueReader) {
  return {
    infraCommand: read.string('infra_command', ''),
    infraImage: read.string('infra_image', ''),
    namespace: read.string('namespace', ''),
    podExitPolicy: read.choice('pod_exit_policy', ['continue', 'stop'], 'continue'),
  } as const
}
