import {existsSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {parseSignal} from '../host/index.ts'
import type {LogConfig, RestartPolicy} from '../libpod/define/container-config.ts'
import type {ImageRunConfig} from '../oci/types/image-spec.ts'
import type {ContainerRequest} from './container-request.ts'
import {refuse, refuseArgument} from './refuse.ts'
import type {SpecServices} from './services.ts'

const POLICIES = ['no', 'always', 'on-failure', 'unless-stopped'] as const

/** @throws ERR_INVALID_ARG, ERR_REFUSED in podman's words */
export function resolveRestart({restart, autoRemove}: ContainerRequest): RestartPolicy {
  if (!restart || restart.name === '') return {name: 'no', maximumRetries: 0, given: false}
  const word = restart.name === 'never' ? 'no' : restart.name
  const name = POLICIES.find((policy) => policy === word)
  if (!name)
    refuseArgument(`running container create option: ${JSON.stringify(restart.name)} is not a valid restart policy`)
  if (restart.maximumRetries !== undefined && name !== 'on-failure') {
    refuse('restart policy retries can only be specified with on-failure restart policy')
  }
  if (autoRemove && name !== 'no') {
    refuse('the --rm option conflicts with --restart, when the restartPolicy is not "" and "no"')
  }
  return {name, maximumRetries: restart.maximumRetries ?? 0, given: true}
}

const DRIVERS = ['k8s-file', 'json-file', 'journald', 'none', 'passthrough', 'passthrough-tty'] as const

export function resolveLog({log = {}, terminal}: ContainerRequest, {config}: SpecServices): LogConfig {
  const {containers} = config
  const wanted = log.driver ?? containers.logDriver
  const driver = DRIVERS.find((known) => known === wanted)
  if (!driver) refuseArgument('running container create option: invalid log driver')
  if (driver === 'passthrough' && terminal) refuse('the passthrough log driver cannot be used with a terminal')
  return {
    driver,
    path: log.path ?? '',
    maxSize: log.maxSize ?? containers.logSizeMax,
    tag: log.tag ?? containers.logTag,
  }
}

const TERM = 15
/** SIGRTMIN+3, which systemd as PID 1 takes as the order to halt. */
const HALT = 37

/** The signal that ends the container: the request's, the image's, or what its init expects. */
export function resolveStopSignal({stopSignal}: ContainerRequest, image: ImageRunConfig, systemd: boolean): number {
  const word = stopSignal ?? (image.StopSignal || undefined)
  return word === undefined ? (systemd ? HALT : TERM) : parseSignal(word)
}

const INIT_COMMANDS = ['/sbin/init', '/usr/sbin/init', '/usr/local/sbin/init']

/** Whether systemd runs as PID 1: told, or recognised by the command. @throws ERR_REFUSED in podman's words */
export function resolveSystemd({systemd = 'true'}: ContainerRequest, args: readonly string[]): boolean {
  if (!['true', 'false', 'always'].includes(systemd)) {
    refuse('invalid config provided: --systemd values must be one of "true, false, always": invalid configuration')
  }
  if (systemd !== 'true') return systemd === 'always'
  const [program = ''] = args[0] === '/bin/sh' && args[1] === '-c' ? args.slice(2) : args
  return INIT_COMMANDS.includes(program) || program.split('/').at(-1) === 'systemd'
}

/** The program that runs as PID 1 and reaps, when one is wanted. @throws ERR_REFUSED in podman's words */
export function resolveInit(request: ContainerRequest, {config}: SpecServices, pidMode: string): string | undefined {
  if (!(request.init ?? config.containers.init)) return undefined
  if (request.systemd === 'always') refuse('cannot use container-init binary with systemd=always')
  if (pidMode !== 'private') refuse("cannot add init binary as PID 1 (PID namespace isn't private)")
  const named = request.initPath || config.containers.initPath
  if (named) return existsSync(named) ? named : initMissing(named)
  const folders = [...config.engine.helperBinaryDirs, '/usr/libexec/catatonit', '/usr/bin', '/usr/local/bin']
  const found = folders.map((folder) => join(folder, 'catatonit')).find((path) => existsSync(path))
  return found ?? initMissing('catatonit')
}

function initMissing(path: string): never {
  return refuse(`container-init binary not found on the host: stat ${path}: no such file or directory`)
}

const ZONES = '/usr/share/zoneinfo'

/** @throws ERR_INVALID_ARG in podman's words */
export function resolveTimezone(request: ContainerRequest, {config}: SpecServices): string | undefined {
  const zone = request.timezone ?? config.containers.tz
  if (zone === '' || zone === 'local') return zone || undefined
  const path = join(ZONES, join('/', zone))
  if (!existsSync(path) || statSync(path).isDirectory()) {
    refuse(`running container create option: stat ${path}: no such file or directory`)
  }
  return zone
}

/** @throws ERR_INVALID_ARG in podman's words */
export function resolveUmask(request: ContainerRequest, {config}: SpecServices): string {
  const umask = request.umask ?? config.containers.umask
  if (!/^[0-7]{1,4}$/.test(umask)) refuseArgument(`running container create option: invalid umask string ${umask}`)
  return umask.padStart(4, '0')
}
