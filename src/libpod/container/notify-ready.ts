import {sendNotification} from '../../host/index.ts'
import type {HeldContainer} from './held-container.ts'

/** With `--sdnotify=conmon` the service is ready when the container runs, and its main process is the shim. */
export function notifyReady({config, state}: HeldContainer): void {
  const {mode, socket} = config.sdnotify
  if (!socket || !('shimPid' in state)) return
  if (mode === 'conmon') sendNotification(socket, `MAINPID=${state.shimPid}\nREADY=1`)
  if (mode === 'container' || mode === 'healthy') sendNotification(socket, `MAINPID=${state.shimPid}`)
}
