import {createHash} from 'node:crypto'
import type {GuestMount} from '../agent/agent.ts'
import type {Device} from '../hypervisor/hypervisor.ts'
import {guestPaths} from './guest-paths.ts'
import type {ShareDirectory} from './share-directory.ts'

/** Annotations by which an engine names the block form of a container's root file system. */
const IMAGE = 'io.berth.vm.rootfs.image'
const SCRATCH = 'io.berth.vm.rootfs.scratch'

export type RootfsForm =
  | {readonly kind: 'directory'; readonly path: string}
  | {readonly kind: 'block'; readonly image: string; readonly scratch: string}

/** How a container's root file system comes into the guest. */
export interface GuestRootfs {
  /** Its path in the guest. */
  readonly path: string
  /** Disks to add before `mounts` are made. */
  readonly devices: readonly Device[]
  readonly mounts: readonly GuestMount[]
}

/** The bundle's directory, unless the engine offers the image as an erofs image and a scratch disk for what is written. */
export function rootfsForm(path: string, annotations: Readonly<Record<string, string>>): RootfsForm {
  const image = annotations[IMAGE]
  const scratch = annotations[SCRATCH]
  if (image === undefined || scratch === undefined) return {kind: 'directory', path}
  return {kind: 'block', image, scratch}
}

/** Where the guest has the scratch disk of a container in block form. */
export function scratchPath(annotations: Readonly<Record<string, string>>, container: string): string | undefined {
  return rootfsForm('', annotations).kind === 'block' ? `${guestPaths.bundle(container)}/scratch` : undefined
}

export function guestRootfs(form: RootfsForm, container: string, share: ShareDirectory): GuestRootfs {
  if (form.kind === 'block') return blockRootfs(form, container)
  return {path: share.addRootfs(form.path), devices: [], mounts: []}
}

function blockRootfs(form: {readonly image: string; readonly scratch: string}, container: string): GuestRootfs {
  const bundle = guestPaths.bundle(container)
  const [lower, upper, path] = [`${bundle}/image`, `${bundle}/scratch`, `${bundle}/rootfs`]
  // Serials of at most 20 characters that no other container of the machine has, whoever came and went before.
  const tag = createHash('sha256').update(container).digest('hex').slice(0, 14)
  const [image, scratch] = [`image-${tag}`, `disk-${tag}`]
  return {
    path,
    devices: [
      {kind: 'disk', id: image, path: form.image, serial: image, readOnly: true},
      {kind: 'disk', id: scratch, path: form.scratch, serial: scratch, readOnly: false},
    ],
    mounts: [
      {type: 'erofs', source: `serial:${image}`, target: lower, options: ['ro']},
      {type: 'ext4', source: `serial:${scratch}`, target: upper},
      {
        type: 'overlay',
        target: path,
        options: [`lowerdir=${lower}`, `upperdir=${upper}/upper`, `workdir=${upper}/work`],
      },
    ],
  }
}
