import type {BindMount, VolumeMount} from '../../../oci/spec/index.ts'
import type {ContainerConfig} from '../../define/container-config.ts'
import type {InspectMount} from '../../define/inspect-container.ts'
import type {Engine} from '../../engine.ts'

const PROPAGATION = new Set([
  'shared',
  'slave',
  'private',
  'rshared',
  'rslave',
  'rprivate',
  'unbindable',
  'runbindable',
])

/** What the user mounted, less tmpfs. Volumes come first, as podman lists them. */
export function inspectMounts({
  config,
  engine,
}: {
  readonly config: ContainerConfig
  readonly engine: Pick<Engine, 'volumes'>
}): InspectMount[] {
  const {mounts} = config
  const volumes = mounts.flatMap((mount) =>
    mount.type === 'volume' ? [volume(mount, engine.volumes.mountpoint(mount.name))] : [],
  )
  const images = mounts.flatMap((mount): InspectMount[] =>
    mount.type === 'image'
      ? [
          {
            ...{Type: 'image', Source: mount.source, Destination: mount.destination, Driver: '', Mode: '', Options: []},
            ...{RW: mount.readWrite, Propagation: '', ...(mount.subpath && {SubPath: mount.subpath})},
          },
        ]
      : [],
  )
  const binds = mounts.flatMap((mount) => (mount.type === 'bind' ? [bind(mount)] : []))
  return [...volumes, ...images, ...binds]
}

function volume(mount: VolumeMount, source: string): InspectMount {
  return {
    ...{Type: 'volume', Name: mount.name, Source: source, Destination: mount.destination, Driver: 'local'},
    ...options(mount.options),
    ...(mount.subpath && {SubPath: mount.subpath}),
  }
}

function bind(mount: BindMount): InspectMount {
  return {
    ...{Type: 'bind', Source: mount.source, Destination: mount.destination, Driver: ''},
    ...options(mount.options),
    ...(mount.subpath && {SubPath: mount.subpath}),
  }
}

function options(words: readonly string[]): Pick<InspectMount, 'Mode' | 'Options' | 'RW' | 'Propagation'> {
  return {
    Mode: words.findLast((word) => word === 'z' || word === 'Z') ?? '',
    Options: words.filter((word) => !PROPAGATION.has(word) && !['ro', 'rw', 'z', 'Z'].includes(word)),
    RW: !words.includes('ro'),
    Propagation: words.findLast((word) => PROPAGATION.has(word)) ?? '',
  }
}
