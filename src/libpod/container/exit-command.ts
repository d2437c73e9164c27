import {join} from 'node:path'
import {installRoot} from '../../host/index.ts'
import type {ContainerConfig} from '../define/container-config.ts'
import type {Engine} from '../engine.ts'

/** There while a container has something to clean up. */
export function cleanupMarker(bundle: string): string {
  return join(bundle, 'cleanup')
}

/** Held by the command in the foreground that will clean up itself. */
export function foregroundLock(bundle: string): string {
  return join(bundle, 'foreground')
}

/**
 * What the shim runs when a container has ended: a launcher that waits for whoever attends the container, and starts
 * Berth only when that one left something to do.
 */
export function exitCommand(engine: Engine, config: ContainerConfig): readonly string[] {
  const bundle = engine.state.layout.bundle(config.id)
  return [
    join(installRoot(), 'bin', 'berth-cleanup'),
    ...[foregroundLock(bundle), cleanupMarker(bundle)],
    ...cleanupCommand(engine),
    ...(config.autoRemove ? ['--rm'] : []),
    ...(config.autoRemoveImage ? ['--rmi'] : []),
    config.id,
  ]
}

/** The same for an exec session that nobody waits for. */
export function execExitCommand(
  engine: Engine,
  containerID: string,
  sessionID: string,
  options: {readonly remove?: boolean},
): readonly string[] {
  return [...cleanupCommand(engine), '--exec', sessionID, ...(options.remove ? ['--rm'] : []), containerID]
}

/** Berth with the options that make it open the same engine. */
export function cleanupCommand(engine: Engine): readonly string[] {
  return [...berthCommand(engine), 'container', 'cleanup']
}

export function berthCommand({config}: Engine): readonly string[] {
  const {engine, storage} = config
  return [
    join(installRoot(), 'bin', 'berth'),
    ...['--root', config.root, '--runroot', config.runRoot, '--log-level', config.logLevel],
    ...(config.syslog ? ['--syslog'] : []),
    ...['--storage-driver', storage.driver, '--cgroup-manager', engine.cgroupManager],
    ...['--events-backend', engine.eventsLogger, '--runtime', engine.runtime],
    ...engine.runtimeFlags.flatMap((flag) => ['--runtime-flag', flag]),
    ...engine.hooksDirs.flatMap((directory) => ['--hooks-dir', directory]),
    ...['--network-config-dir', config.network.configDir],
    ...storage.options.flatMap((option) => ['--storage-opt', option]),
  ]
}
