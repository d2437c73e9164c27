import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import type {Mount} from '../../oci/types/runtime-spec.ts'
import type {HeldContainer} from './held-container.ts'

export interface NotifyAccess {
  readonly mounts: readonly Mount[]
  readonly env: Readonly<Record<string, string>>
}

/** With `--sdnotify=container` the shim relays what the container sends: the socket lies in a directory of the bundle. */
export function notifyAccess({config, bundle}: HeldContainer): NotifyAccess {
  const {mode, socket} = config.sdnotify
  if (mode !== 'container' || !socket) return {mounts: [], env: {}}
  const source = join(bundle, 'notify')
  mkdirSync(source, {recursive: true, mode: 0o755})
  const options = ['bind', 'rprivate', 'nosuid', 'noexec', 'nodev']
  return {
    mounts: [{destination: '/run/notify', type: 'bind', source, options}],
    env: {NOTIFY_SOCKET: '/run/notify/notify.sock'},
  }
}
