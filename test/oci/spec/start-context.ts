import type {SpecTemplate, StartContext} from '../../../src/oci/spec/index.ts'

/** A start in which the engine found everything it needs. */
export function startContext(more: Partial<StartContext> = {}): StartContext {
  return {
    rootfs: '/rootfs',
    user: {uid: 0, gid: 0, additionalGids: [], memberGids: [], home: '/root', name: 'root'},
    cgroupManager: 'cgroupfs',
    hooks: {},
    mounts: [],
    namespacePath: (type, {mode}) => (mode === 'container' ? `/proc/77/ns/${type}` : undefined),
    mountSource: (mount) => `/volumes/${mount.type === 'volume' ? mount.name : mount.image}`,
    overlaySource: (destination) => `/overlays${destination}`,
    env: {},
    ...more,
  }
}

export type {SpecTemplate}
