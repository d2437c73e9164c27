import {sendNotification} from '../../host/index.ts'
import type {HeldContainer} from './held-container.ts'

/** With `--sdnotify=conmon` the service is ready when the container runs, and its main process is the shim. */
export function notifyReady({config, state}: HeldContainer): void {
  const {mode, socket} = config.sdnotify
  if (!socket || !('shimPid' in state)) return
  if (mode === 'conmon') sendNotification(socket, `MAINPID=${state.shimPid}\nREADY=1`)
  if (mode === 'container' || mode === 'healthy') sendNotification(socket, `MAINPID=${state.shimPid}`)
}

/** With `--sdnotify=healthy` the service is ready when its health check passes. */
export function notifyHealthy({config}: HeldContainer): void {
  const {mode, socket} = config.sdnotify
  if (socket && mode === 'healthy') sendNotification(socket, 'READY=1')
}
