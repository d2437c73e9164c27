import type {ContainerConfig, Healthcheck, StartupHealthcheck} from '../libpod/define/container-config.ts'
import type {ImageRunConfig} from '../oci/types/image-spec.ts'
import type {ContainerRequest, HealthRequest} from './container-request.ts'
import {refuse, refuseArgument} from './refuse.ts'

const DEFAULTS = {intervalNs: 30e9, timeoutNs: 30e9, startPeriodNs: 0, retries: 3}

/** The parts of a config that say how its health is checked. */
export type Health = Pick<
  ContainerConfig,
  'healthcheck' | 'startupHealthcheck' | 'healthOnFailure' | 'healthLog' | 'hasHealthcheck'
>

/** The image's check, with what the request changes of it; or the request's own. */
export function resolveHealth({health = {}, sdnotify}: ContainerRequest, image: ImageRunConfig): Health {
  const healthcheck = checkOf(health, image)
  const {onFailure = 'none'} = health
  if (onFailure !== 'none' && !healthcheck) {
    refuse(`cannot set on-failure action to ${onFailure} without a health check`)
  }
  if (sdnotify === 'healthy' && !healthcheck)
    refuseArgument('sdnotify policy "healthy" requires a healthcheck to be set')
  const startupHealthcheck = startupOf(health)
  if (startupHealthcheck && !healthcheck)
    refuse('cannot set a startup healthcheck when there is no regular healthcheck')
  return {
    ...(healthcheck && {healthcheck}),
    ...(startupHealthcheck && {startupHealthcheck}),
    healthOnFailure: onFailure,
    healthLog: {
      destination: health.logDestination ?? 'local',
      maxCount: health.maxLogCount ?? 5,
      maxSize: health.maxLogSize ?? 500,
    },
    hasHealthcheck: healthcheck !== undefined,
  }
}

function checkOf({disable, check = {}}: HealthRequest, image: ImageRunConfig): Healthcheck | undefined {
  if (disable) return undefined
  const base: Partial<Healthcheck> = check.test ? {} : fromImage(image)
  const test = check.test ?? base.test ?? []
  if (test.length === 0 || test[0] === 'NONE') return undefined
  return {...DEFAULTS, ...base, ...check, test}
}

/** Zero stands for "not set" in an image. */
function fromImage({Healthcheck: check}: ImageRunConfig): Partial<Healthcheck> {
  if (!check?.Test) return {}
  return {
    test: check.Test,
    ...(check.Interval && {intervalNs: check.Interval}),
    ...(check.Timeout && {timeoutNs: check.Timeout}),
    ...(check.StartPeriod && {startPeriodNs: check.StartPeriod}),
    ...(check.Retries && {retries: check.Retries}),
  }
}

function startupOf({startup}: HealthRequest): StartupHealthcheck | undefined {
  if (!startup?.test) return undefined
  return {...DEFAULTS, retries: 0, successes: 0, ...startup, test: startup.test}
}
