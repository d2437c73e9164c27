import type {InspectContainer} from '../../define/inspect-container.ts'
import type {Engine} from '../../engine.ts'
import {execIDs} from '../exec/exec-records.ts'
import type {HeldContainer} from '../held-container.ts'
import {pidFilePath, shimPidFilePath} from '../shim-request.ts'
import {containerSize} from '../size.ts'
import {withContainer} from '../with-container.ts'
import {readBundleSpec} from './bundle-spec.ts'
import {inspectConfig} from './inspect-config.ts'
import {inspectHostConfig} from './inspect-host-config.ts'
import {inspectMounts} from './inspect-mounts.ts'
import {inspectNetwork} from './inspect-network.ts'
import {inspectState} from './inspect-state.ts'

/** Everything about a container, as podman prints it. */
export function inspectContainer(
  engine: Engine,
  id: string,
  options: {readonly size?: boolean},
): Promise<InspectContainer> {
  return withContainer(engine, id, async (held) => {
    const sizes = options.size ? await containerSize(engine, id) : undefined
    return {...(await inspectHeld(held)), ...(sizes && {SizeRw: sizes.rwBytes, SizeRootFs: sizes.rootBytes})}
  })
}

async function inspectHeld(held: HeldContainer): Promise<InspectContainer> {
  const {config, engine, id, run} = held
  const {image, process, security} = config
  const spec = readBundleSpec(held)
  const bindSource = (destination: string): string =>
    spec?.mounts?.find((mount) => mount.destination === destination)?.source ?? ''
  return {
    Id: id,
    Created: config.createdAt,
    Path: process.args[0] ?? '',
    Args: process.args.length > 1 ? process.args.slice(1) : process.args,
    State: inspectState(held),
    Image: image?.id ?? '',
    ImageDigest: image?.digest ?? '',
    ImageName: image?.name ?? '',
    Rootfs: config.rootfs?.path ?? '',
    Pod: config.pod ?? '',
    ResolvConfPath: bindSource('/etc/resolv.conf'),
    HostnamePath: bindSource('/etc/hostname'),
    HostsPath: bindSource('/etc/hosts'),
    StaticDir: engine.state.layout.userData(id),
    ...(spec && {OCIConfigPath: `${held.bundle}/config.json`}),
    OCIRuntime: config.runtime,
    ConmonPidFile: shimPidFilePath(engine, config),
    PidFile: pidFilePath(engine, config),
    Name: config.name,
    RestartCount: run.restartCount,
    Driver: engine.layers.driver,
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: security.apparmorProfile ?? '',
    EffectiveCaps: spec?.process?.capabilities?.effective ?? effectiveCaps(held),
    BoundingCaps: [...security.capabilities],
    ExecIDs: execIDs(engine, id),
    GraphDriver: {Name: engine.layers.driver, Data: await graphData(held)},
    Mounts: inspectMounts(held),
    Dependencies: [...config.dependencies],
    NetworkSettings: inspectNetwork(engine, config, run),
    Namespace: '',
    IsInfra: config.isInfra,
    IsService: false,
    KubeExitCodePropagation: 'invalid',
    lockNumber: 0,
    Config: inspectConfig(held, spec),
    HostConfig: inspectHostConfig(held, spec),
    UseImageHosts: !config.hostsFile.manage,
    UseImageHostname: !config.hostname.manageFile,
  }
}

/** Before the first start: what the user will have, as far as a name tells. */
function effectiveCaps({config}: HeldContainer): readonly string[] | null {
  const user = config.process.user.split(':')[0]
  if (user === '' || user === 'root' || user === '0') return [...config.security.capabilities]
  const added = config.security.capabilities.filter((name) => config.security.capAdd.includes(name))
  return added.length > 0 ? added : null
}

/** The directories of the overlay, by the names that podman gives them. */
async function graphData({engine, id, config, run}: HeldContainer): Promise<Record<string, string> | null> {
  if (config.rootfs || engine.layers.driver !== 'overlay') return null
  const instructions = await engine.layers.mountContainerLayerInstructions(id)
  const options = new Map(instructions.flatMap((mount) => mount.options).map(splitOption))
  const merged = run.mountPoint ?? engine.layers.containerLayerMount(id)?.path
  const lower = options.get('lowerdir')
  return {
    ...(lower !== undefined && {LowerDir: lower}),
    ...(merged && {MergedDir: merged}),
    UpperDir: engine.layers.containerLayerUpper(id),
    WorkDir: options.get('workdir') ?? '',
  }
}

function splitOption(option: string): [string, string] {
  const at = option.indexOf('=')
  return at < 0 ? [option, ''] : [option.slice(0, at), option.slice(at + 1)]
}
