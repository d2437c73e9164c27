import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {ContainerNetwork} from '../../network/index.ts'
import {buildSpec, loadHooks, prepareAccounts, writeContainerFiles} from '../../oci/spec/index.ts'
import type {Spec} from '../../oci/types/runtime-spec.ts'
import {engineName} from '../engine-name.ts'
import {networkFacts} from './container-network.ts'
import {bringInSecrets} from './container-secrets.ts'
import type {HeldContainer} from './held-container.ts'
import type {MountSources} from './mount-sources.ts'
import {linkMtab} from './mtab.ts'
import {notifyAccess} from './sdnotify.ts'
import {namespacePath} from './shared-container.ts'
import {shmMount} from './shm.ts'
import {giveToContainer} from './user-namespace.ts'
import {prepareWorkdir} from './workdir.ts'

/** Makes the container's files and its config.json in the bundle directory. */
export async function writeBundle(
  held: HeldContainer,
  rootfs: string,
  sources: MountSources,
  network: ContainerNetwork | undefined,
): Promise<Spec> {
  const {config, engine, bundle} = held
  const accounts = prepareAccounts(config, rootfs, bundle)
  prepareWorkdir(config, rootfs, accounts.user)
  if (!config.rootfs) linkMtab(rootfs)
  const files = writeContainerFiles(config, {
    directory: bundle,
    rootfs,
    network: networkFacts(held, network),
    engine: engineName,
    rootless: engine.config.rootless,
    ...(config.image && {image: {name: config.image.name, id: config.image.id}}),
  })
  giveToContainer(config, [...files, ...accounts.mounts])
  const secrets = await bringInSecrets(held)
  const notify = notifyAccess(held)
  const spec = buildSpec(config, {
    rootfs,
    user: accounts.user,
    cgroupManager: engine.config.engine.cgroupManager,
    hooks: loadHooks(engine.config.engine.hooksDirs, config),
    mounts: [...files, ...accounts.mounts, ...shmMount(held), ...secrets.mounts, ...notify.mounts],
    namespacePath: (kind, namespace) => namespacePath(held, kind, namespace, network?.netnsPath),
    mountSource: sources.mountSource,
    overlaySource: sources.overlaySource,
    mappedSource: sources.mappedSource,
    env: {...secrets.env, ...notify.env},
  })
  const complete = await withNamedDevices(spec, held)
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(complete), {mode: 0o600})
  return complete
}

async function withNamedDevices(spec: Spec, {config, engine}: HeldContainer): Promise<Spec> {
  if (!config.cdiDevices) return spec
  const {injectDevices} = await import('../../oci/cdi/index.ts')
  return injectDevices(spec, config.cdiDevices, engine.config.engine.cdiSpecDirs)
}
