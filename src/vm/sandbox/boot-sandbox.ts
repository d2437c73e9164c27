import {randomBytes} from 'node:crypto'
import {closeSync, existsSync, openSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, hasCode} from '../../errors/index.ts'
import {createNetworkNamespace} from '../../host/index.ts'
import type {Spec} from '../../oci/types/runtime-spec.ts'
import {nowUs, type Trace} from '../../timings/index.ts'
import type {Agent, AgentAnswer} from '../agent/agent.ts'
import {applyAnnotations} from '../config/settings.ts'
import type {VmConfig} from '../config/vm-config.ts'
import type {MachineConfig, VirtualMachine} from '../hypervisor/hypervisor.ts'
import {configureNetwork, SandboxNetwork} from '../network/sandbox-network.ts'
import type {SandboxRecord, SandboxState} from '../persist/records.ts'
import {guestPaths} from '../share/guest-paths.ts'
import {shareTags, startVirtiofsd, virtiofsdShare} from '../share/virtiofsd.ts'
import {sandboxSysctls} from './adapt-spec.ts'
import {takeBootPlace} from './boot-place.ts'
import {addGuestSteps} from './guest-steps.ts'
import {requireHost} from './host-needs.ts'
import {connectAgent, type LiveSandbox, liveSandbox} from './live-sandbox.ts'
import {placeMachine} from './machine-cgroup.ts'
import {startSandboxRelay} from './relay.ts'
import type {VmServices} from './services.ts'
import {demandOf, sizeMachine} from './sizing.ts'
import {workingDirectory} from './stray-processes.ts'

/**
 * Makes a machine for a new sandbox and brings it up as far as containers need it: agent there, clock and random numbers
 * fresh, share mounted, network configured. What can go on while the guest boots does. The caller holds the sandbox's
 * lock, and destroys the sandbox when this or a later step fails.
 *
 * @param whileBooting runs hooks of the runtime: after the namespaces exist, before interfaces are looked for
 */
export async function bootSandbox(
  services: VmServices,
  id: string,
  spec: Spec,
  whileBooting: (pid: number) => Promise<void>,
): Promise<LiveSandbox> {
  const {store, timings} = services
  const config = applyAnnotations(services.config, spec.annotations ?? {})
  requireHost(config)
  const record = createRecord(services, id, spec, config)
  const directory = store.directory(id)
  const hypervisor = await services.hypervisor(config)
  const machine = await hypervisor.create(machineConfig(config, record, directory, spec))
  using place = (await hypervisor.emulates())
    ? await timings.time('place to boot', () => takeBootPlace(store.boots, config))
    : undefined
  // One after the other: when one of two at once fails, the other may start after everything was cleaned up.
  const relay = await timings.time('relay', () => startSandboxRelay(config.relay, directory))
  store.saveSandboxState(id, {...store.sandboxState(id), relay})
  const shareServers =
    record.share === 'virtiofs'
      ? await timings.time('virtiofsd', () => startVirtiofsd(config.virtiofsd, directory, config.volumeTrustMs))
      : []
  let state: SandboxState = {...store.sandboxState(id), relay, shareServers}
  store.saveSandboxState(id, state)
  await timings.time('qemu', () => machine.start())
  const {memoryMiB, vcpus} = machine.record
  state = {...state, machine: machine.record, base: {memoryMiB, vcpus, demand: demandOf(spec)}}
  store.saveSandboxState(id, state)
  // Now, before the guest has any memory: pages are counted where their process was when it first touched them.
  state = placeMachine(services, record, state, spec)
  const agent = await connectAgent(services, directory)
  const sandbox = liveSandbox(record, directory, machine, agent)
  try {
    const ready = timings
      .time('guest boot', () => agentReady(timings, sandbox, config, sandboxSysctls(spec)))
      .finally(() => place?.release())
    ready.catch(() => {})
    await timings.time('hooks', () => whileBooting(machine.record.process.pid))
    const joined = record.networkNamespace === undefined ? undefined : await joinNetwork(services, sandbox, state)
    await ready
    if (joined) await timings.time('guest network', () => configureNetwork(agent, joined))
    return sandbox
  } catch (error) {
    sandbox[Symbol.dispose]()
    throw error
  }
}

function createRecord(services: VmServices, id: string, spec: Spec, config: VmConfig): SandboxRecord {
  const namespace = spec.linux?.namespaces?.find(({type}) => type === 'network')
  if (!namespace) {
    throw new EngineError(
      'ERR_NOT_SUPPORTED',
      "the host's network inside a virtual machine (`--runtime runc` does without one)",
    )
  }
  const own = namespace.path === undefined
  const path = namespace.path ?? join(services.store.directory(id), 'netns')
  refuseOtherMachine(services, path)
  const record: SandboxRecord = {
    version: 1,
    id,
    createdAt: new Date().toISOString(),
    networkNamespace: path,
    ownsNetworkNamespace: own,
    share: shareKind(config),
  }
  services.store.createSandbox(record)
  if (own) {
    closeSync(openSync(path, 'w', 0o600))
    createNetworkNamespace(path)
  }
  return record
}

/** Two machines behind one interface would both answer, and share no loopback. */
function refuseOtherMachine({store}: VmServices, namespacePath: string): void {
  const pid = /^\/proc\/(\d+)\/ns\/net$/.exec(namespacePath)?.[1]
  if (pid === undefined || !workingDirectory(pid)?.startsWith(`${store.sandboxes}/`)) return
  throw new EngineError(
    'ERR_NOT_SUPPORTED',
    "another virtual machine's network (a pod puts containers into one machine; `--runtime runc` does without)",
  )
}

function machineConfig(config: VmConfig, record: SandboxRecord, directory: string, spec: Spec): MachineConfig {
  return {
    directory,
    name: `berth-${record.id.slice(0, 12)}`,
    kernel: config.kernel,
    initramfs: config.initramfs,
    kernelParameters: config.kernelParameters,
    ...sizeMachine(config, demandOf(spec)),
    share: record.share === '9p' ? {kind: '9p', path: join(directory, 'share')} : virtiofsdShare,
    networkNamespace: record.networkNamespace,
    hotplugPorts: config.hotplugPorts,
  }
}

async function joinNetwork(services: VmServices, sandbox: LiveSandbox, state: SandboxState) {
  const network = new SandboxNetwork(sandbox.record.networkNamespace ?? '')
  const save = (change: Partial<SandboxState>) =>
    services.store.saveSandboxState(sandbox.record.id, {...state, ...change})
  const joined = await services.timings.time('network', async () => {
    const found = await network.scan()
    return {network: found, taps: await network.join(found.links, [], (taps) => save({taps}))}
  })
  await services.timings.time('cards', () => network.plug(sandbox.machine, joined))
  save({taps: joined.taps, machine: sandbox.machine.record})
  return joined.network
}

/** Waits for the agent, then gives it the time, fresh randomness and the share. */
async function agentReady(
  timings: Trace,
  {agent, machine, record}: LiveSandbox,
  config: VmConfig,
  sysctl: Readonly<Record<string, string>>,
): Promise<void> {
  const startedUs = nowUs()
  const {ok} = await timings.time('kernel and agent', () => firstWord(agent, machine, config.startTimeoutMs))
  addGuestSteps(timings, ok, {startedUs, answeredUs: nowUs(), pid: machine.record.process.pid})
  const timeNs = (BigInt(Date.now()) * 1_000_000n).toString()
  await timings.time('clock, random numbers, sysctls', () =>
    agent.request('configure', {timeNs, seed: randomBytes(64).toString('hex'), sysctl}),
  )
  await timings.time('share', () => agent.request('mount', {mounts: shareMounts[record.share]}))
}

const shareMounts = {
  virtiofs: [
    {type: 'virtiofs', source: shareTags.trusting, target: guestPaths.share},
    {type: 'virtiofs', source: shareTags.exact, target: guestPaths.exactShare},
  ],
  '9p': [
    {
      type: '9p',
      source: 'berth',
      target: guestPaths.share,
      // `mmap` is the strictest cache under which programs may map files for writing.
      options: ['msize=512000', 'cache=mmap', 'access=client', 'posixacl'],
    },
  ],
} as const

function shareKind({share, virtiofsd}: VmConfig): '9p' | 'virtiofs' {
  if (share !== 'auto') return share
  return existsSync(virtiofsd) ? 'virtiofs' : '9p'
}

async function firstWord(agent: Agent, machine: VirtualMachine, timeoutMs: number): Promise<AgentAnswer> {
  const ended = machine.ended.then((how) => {
    throw new EngineError('ERR_VM_START', `hypervisor ended with ${how}: ${machine.lastWords()}`)
  })
  ended.catch(() => {})
  try {
    return await Promise.race([agent.request('ping', {}, {timeoutMs}), ended])
  } catch (cause) {
    if (!hasCode(cause, 'ERR_AGENT_TIMEOUT', 'ERR_VM_GONE')) throw cause
    const reason = hasCode(cause, 'ERR_VM_GONE') ? 'machine ended' : `no word of the agent in ${timeoutMs} ms`
    throw new EngineError('ERR_VM_START', `${reason}: ${machine.lastWords() || 'its console is empty'}`, {cause})
  }
}
