import type {ContainerConfig} from '../../libpod/define/container-config.ts'
import {type Health, type HealthRequest, resolveHealth} from '../../specgen/index.ts'

/** The container's health check with what the request changes of it. */
export function updatedHealth(config: ContainerConfig, request: HealthRequest): Health {
  const {healthcheck, startupHealthcheck, healthLog} = config
  const merged: HealthRequest = {
    logDestination: healthLog.destination,
    maxLogCount: healthLog.maxCount,
    maxLogSize: healthLog.maxSize,
    ...request,
    check: {...healthcheck, ...request.check},
    startup: {...startupHealthcheck, ...request.startup},
  }
  return {healthcheck: undefined, startupHealthcheck: undefined, ...resolveHealth({health: merged}, {})}
}
