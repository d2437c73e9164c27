import {resolve} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {type ContainerRequest, decimalBytes, refuse} from '../../specgen/index.ts'
import * as flags from '../flags.ts'
import type {OptionContext} from './option-context.ts'

/** Name, life and end of the container, its log and its image. */
export const lifecycleFlags = {
  arch: flags.string({
    summary: "Pick the image made for the architecture `ARCH`, not for this machine's",
    aliases: ['override-arch'],
  }),
  authfile: flags.string({
    summary: 'File with the logins for registries (instead of $REGISTRY_AUTH_FILE)',
  }),
  'cert-dir': flags.string({summary: 'Take TLS certificates and keys for the registry from the directory `Pathname`'}),
  cidfile: flags.string({summary: 'Save the ID of the new container in a file, for scripts', valueName: 'FILE'}),
  'conmon-pidfile': flags.string({
    summary: "Save the process ID of the container's monitor (conmon) in a file",
    valueName: 'FILE',
  }),
  creds: flags.string({summary: 'Log in to the registry with these `Credentials` (USERNAME:PASSWORD)'}),
  'decryption-key': flags.array({summary: 'Key for an encrypted image (not supported)'}),
  'disable-content-trust': flags.bool({
    summary: 'Accepted for scripts written for Docker; has no effect',
    hidden: true,
  }),
  'link-local-ip': flags.string({summary: 'Not supported', hidden: true}),
  'log-driver': flags.string({
    summary: "Where the container's output goes: k8s-file, json-file, journald, none or passthrough",
    suggests: ['k8s-file', 'json-file', 'journald', 'none', 'passthrough'],
  }),
  'log-opt': flags.array({
    summary: 'Option of the log driver: path, max-size or tag (repeatable)',
    valueName: 'KEY=VALUE',
  }),
  name: flags.string({summary: 'Name of the container; made up when left out'}),
  os: flags.string({
    summary: "Pick the image made for the operating system `OS`, not for this machine's",
    aliases: ['override-os'],
  }),
  pidfile: flags.string({summary: "Save the process ID of the container's first process in a file", valueName: 'FILE'}),
  platform: flags.string({summary: 'Pick the image made for OS/ARCH[/VARIANT]; not together with --arch or --os'}),
  pod: flags.string({summary: 'Put the container into a pod that is already there (new:NAME makes one)'}),
  'pod-id-file': flags.string({summary: 'Put the container into the pod whose ID is in this file'}),
  pull: flags.string({
    summary: 'When to pull the image: always, missing (only if not in the store), never or newer',
    suggests: ['always', 'missing', 'never', 'newer'],
  }),
  quiet: flags.bool({char: 'q', summary: 'Show no progress while the image is pulled'}),
  replace: flags.bool({summary: 'Remove a container that has this name first'}),
  requires: flags.list({
    summary: 'Containers to start before this one (comma-separated, repeatable)',
    valueName: 'CONTAINER',
  }),
  restart: flags.string({
    summary: 'When to start it again after its end: no, never, always, unless-stopped or on-failure[:COUNT]',
    suggests: ['always', 'no', 'never', 'on-failure', 'unless-stopped'],
  }),
  retry: flags.uint({summary: 'How often a failed pull is tried again'}),
  'retry-delay': flags.string({
    summary: 'Fixed time between two tries of a pull, such as 5s; grows by itself when left out',
  }),
  rm: flags.bool({
    summary: 'Remove the container and its anonymous volumes when it has ended',
  }),
  rootfs: flags.bool({summary: 'Run from a directory of the host: the first argument is its path, not an image'}),
  sdnotify: flags.string({
    summary: 'Who reports readiness to systemd: container, conmon, healthy (once the health check passes) or ignore',
    default: 'container',
    suggests: ['container', 'conmon', 'healthy', 'ignore'],
  }),
  'signature-policy': flags.string({
    summary: 'Check the image against the signature policy in the file `Pathname`',
    hidden: true,
  }),
  'stop-signal': flags.string({
    summary: 'Signal that asks the container to end, by name or number (SIGTERM unless the image names another)',
  }),
  'stop-timeout': flags.uint({summary: 'Seconds between the stop signal and SIGKILL when the container is stopped'}),
  timeout: flags.uint({
    summary: 'Kill the container after this many seconds of running (0: never)',
    default: 0,
  }),
  'tls-verify': flags.bool({
    summary: 'Pull over HTTPS only, from registries whose certificate is valid',
    default: true,
  }),
  variant: flags.string({
    summary: 'Pick the image made for this variant of the architecture, such as v7',
    aliases: ['override-variant'],
  }),
}

type Given = flags.FlagValues<typeof lifecycleFlags>

const NOTIFY_MODES = ['container', 'conmon', 'healthy', 'ignore'] as const

export function lifecycleRequest(given: Given, context: OptionContext): Partial<ContainerRequest> {
  refuseUnsupported(given)
  const sdnotify = NOTIFY_MODES.find((mode) => mode === given.sdnotify)
  if (!sdnotify) {
    refuse(
      `invalid config provided: invalid argument: invalid sdnotify value ${JSON.stringify(given.sdnotify)}: must be container, conmon, healthy or ignore`,
    )
  }
  return {
    ...{name: given.name, replace: given.replace, pod: given.pod},
    cidFile: given.cidfile,
    conmonPidFile: absolute(given['conmon-pidfile'], context),
    pidFile: absolute(given.pidfile, context),
    log: logOf(given, context),
    requires: given.requires,
    ...(given.restart !== undefined && {restart: restartOf(given.restart)}),
    autoRemove: given.rm,
    sdnotify,
    stopSignal: given['stop-signal'],
    stopTimeoutSeconds: given['stop-timeout'],
    timeoutSeconds: given.timeout,
  }
}

/** The monitor that writes the file runs elsewhere. */
function absolute(path: string | undefined, {workingDirectory}: OptionContext): string | undefined {
  return path && resolve(workingDirectory, path)
}

function refuseUnsupported(given: Given): void {
  if (given['link-local-ip'] !== undefined) throw new EngineError('ERR_NOT_SUPPORTED', 'option --link-local-ip')
  if (given['decryption-key'].length > 0)
    throw new EngineError('ERR_NOT_SUPPORTED', 'encrypted images (--decryption-key)')
}

/** `--restart`: a policy's name, `on-failure` with a count behind a colon. @throws ERR_REFUSED */
export function restartOf(text: string): NonNullable<ContainerRequest['restart']> {
  const [name = '', count, ...more] = text.split(':')
  if (count === undefined) return {name}
  if (more.length > 0) refuse('restart policy can have only 1 retry count')
  if (name !== 'on-failure') refuse('restart policy retries can only be specified with on-failure restart policy')
  if (!/^[+-]?\d+$/.test(count)) {
    refuse(`parsing restart policy retry count: strconv.Atoi: parsing ${JSON.stringify(count)}: invalid syntax`)
  }
  if (Number(count) < 0) refuse('must specify restart policy retry count as a number greater than 0')
  return {name, maximumRetries: Number(count)}
}

type Log = {-readonly [K in keyof NonNullable<ContainerRequest['log']>]: NonNullable<ContainerRequest['log']>[K]}

function logOf(given: Given, context: OptionContext): Log {
  const log: Log = {}
  if (given['log-driver'] !== undefined) log.driver = given['log-driver'] as Log['driver']
  for (const option of given['log-opt']) {
    const [key = '', value] = option.split(/=(.*)/s)
    if (value === undefined) refuse(`invalid log option ${JSON.stringify(option)}`)
    if (key === 'path') log.path = value
    else if (key === 'max-size') log.maxSize = decimalBytes(value)
    else if (key === 'tag') log.tag = value
    else context.warn(`log option ${key} has no effect: the options of the log drivers are path, max-size and tag`)
  }
  return log
}
