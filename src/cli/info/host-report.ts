import {existsSync, readFileSync} from 'node:fs'
import {availableParallelism, freemem, hostname, release, totalmem, uptime} from 'node:os'
import {join} from 'node:path'
import {cgroupHierarchies, findProgram} from '../../host/index.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {defaultSeccompProfile} from '../../specgen/index.ts'
import {cpuUtilization} from './cpu-utilization.ts'
import {packageOf, versionOf} from './installed-program.ts'
import {goArchitecture} from './version-report.ts'

/** The `host` part of `info`. */
export async function hostReport(runtime: Runtime) {
  const {config} = runtime
  const [conmon, ociRuntime, network] = await Promise.all([
    conmonReport(runtime),
    ociRuntimeReport(runtime),
    networkReport(runtime),
  ])
  const memory = memoryFacts()
  return {
    arch: goArchitecture(),
    buildahVersion: '',
    cgroupManager: config.engine.cgroupManager,
    cgroupVersion: `v${cgroupHierarchies()[0]?.version ?? 2}`,
    cgroupControllers: cgroupControllers(),
    conmon,
    cpus: availableParallelism(),
    cpuUtilization: cpuUtilization(),
    databaseBackend: 'lowdb',
    distribution: distribution(),
    eventLogger: config.engine.eventsLogger,
    hostname: hostname(),
    idMappings: {gidmap: null, uidmap: null},
    kernel: release(),
    linkmode: 'dynamic',
    logDriver: config.containers.logDriver,
    memFree: freemem(),
    memTotal: totalmem(),
    networkBackend: config.network.backend,
    networkBackendInfo: network,
    ociRuntime,
    os: 'linux',
    remoteSocket: {path: '/run/berth/berth.sock', exists: existsSync('/run/berth/berth.sock')},
    rootlessNetworkCmd: config.network.defaultRootlessCommand,
    security: securityReport(runtime),
    serviceIsRemote: false,
    slirp4netns: await programReport('slirp4netns'),
    pasta: await programReport('pasta'),
    swapFree: memory.SwapFree ?? 0,
    swapTotal: memory.SwapTotal ?? 0,
    uptime: uptimeText(uptime()),
    variant: '',
  }
}

async function conmonReport({shim}: Runtime) {
  const [version, owner] = await Promise.all([shim.version(), packageOf(shim.path)])
  return {package: owner, path: shim.path, version: version.trim().replaceAll('\n', ', ')}
}

async function ociRuntimeReport(runtime: Runtime) {
  const {name, path} = runtime.ociRuntime()
  const [version, owner] = await Promise.all([runtime.ociRuntime().version(), packageOf(path)])
  return {name, package: owner, path, version: version.trim()}
}

async function networkReport(runtime: Runtime) {
  const {config, networks} = runtime
  const path = findHelper(runtime, 'netavark')
  const dnsPath = findHelper(runtime, 'aardvark-dns')
  return {
    backend: config.network.backend,
    ...(path && {version: await versionOf(path), package: await packageOf(path), path}),
    ...(dnsPath && {dns: {version: await versionOf(dnsPath), package: await packageOf(dnsPath), path: dnsPath}}),
    defaultNetwork: networks.store.defaultName,
  }
}

function findHelper({config}: Runtime, name: string): string | undefined {
  return findProgram([...config.engine.helperBinaryDirs.map((directory) => join(directory, name)), name])
}

async function programReport(name: string) {
  const path = findProgram([name])
  if (!path) return {executable: '', package: '', version: ''}
  return {executable: path, package: await packageOf(path), version: await versionOf(path)}
}

function securityReport({config}: Runtime) {
  return {
    apparmorEnabled: fileStartsWith('/sys/module/apparmor/parameters/enabled', 'Y'),
    capabilities: config.containers.defaultCapabilities.join(','),
    rootless: config.rootless,
    seccompEnabled: readFileSync('/proc/self/status', 'utf8').includes('\nSeccomp:'),
    seccompProfilePath: defaultSeccompProfile(config) ?? '',
    selinuxEnabled: existsSync('/sys/fs/selinux/enforce'),
  }
}

function cgroupControllers(): string[] {
  const hierarchies = cgroupHierarchies()
  if (hierarchies[0]?.version === 1)
    return hierarchies.flatMap(({controllers}) => controllers.filter((name) => name !== 'systemd'))
  const file = `${hierarchies[0]?.mountPoint}/cgroup.controllers`
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : []
}

/** @see os-release(5) */
function distribution() {
  const facts = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  const value = (key: string): string => new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm').exec(facts)?.[1] ?? ''
  return {
    ...(value('VERSION_CODENAME') && {codename: value('VERSION_CODENAME')}),
    distribution: value('ID') || 'unknown',
    ...(value('VARIANT_ID') && {variant: value('VARIANT_ID')}),
    version: value('VERSION_ID') || 'unknown',
  }
}

/** Bytes by name. @see proc(5), /proc/meminfo */
function memoryFacts(): Readonly<Record<string, number>> {
  const lines = readFileSync('/proc/meminfo', 'utf8').matchAll(/^(\w+):\s+(\d+) kB$/gm)
  return Object.fromEntries([...lines].map(([, name = '', kilobytes]) => [name, Number(kilobytes) * 1024]))
}

function uptimeText(seconds: number): string {
  const hours = Math.floor(seconds / 3600)
  const text = `${hours}h ${Math.floor((seconds % 3600) / 60)}m ${(seconds % 60).toFixed(2)}s`
  return hours < 24 ? text : `${text} (Approximately ${(hours / 24).toFixed(2)} days)`
}

function fileStartsWith(path: string, text: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8').startsWith(text)
}
