import {resolve} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {type ContainerRequest, decimalBytes, refuse} from '../../specgen/index.ts'
import * as flags from '../flags.ts'
import type {OptionContext} from './option-context.ts'

/** Name, life and end of the container, its log and its image. */
export const lifecycleFlags = {
  arch: flags.string({
    summary: 'use `ARCH` instead of the architecture of the machine for choosing images',
    aliases: ['override-arch'],
  }),
  authfile: flags.string({
    summary: 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override',
  }),
  'cert-dir': flags.string({summary: '`Pathname` of a directory containing TLS certificates and keys'}),
  cidfile: flags.string({summary: 'Write the container ID to the file', valueName: 'FILE'}),
  'conmon-pidfile': flags.string({summary: 'path to the file that will receive the PID of conmon', valueName: 'FILE'}),
  creds: flags.string({summary: '`Credentials` (USERNAME:PASSWORD) to use for authenticating to a registry'}),
  'decryption-key': flags.array({summary: 'Key needed to decrypt the image (e.g. /path/to/key.pem)'}),
  'disable-content-trust': flags.bool({summary: 'This is a Docker specific option and is a NOOP', hidden: true}),
  'link-local-ip': flags.string({summary: 'Not supported', hidden: true}),
  'log-driver': flags.string({
    summary: 'Logging driver for the container',
    suggests: ['k8s-file', 'json-file', 'journald', 'none', 'passthrough'],
  }),
  'log-opt': flags.array({summary: 'Logging driver options', valueName: 'KEY=VALUE'}),
  name: flags.string({summary: 'Assign a name to the container'}),
  os: flags.string({summary: 'use `OS` instead of the running OS for choosing images', aliases: ['override-os']}),
  pidfile: flags.string({summary: 'Write the container process ID to the file', valueName: 'FILE'}),
  platform: flags.string({summary: 'Specify the platform for selecting the image.  (Conflicts with --arch and --os)'}),
  pod: flags.string({summary: 'Run container in an existing pod'}),
  'pod-id-file': flags.string({summary: 'Read the pod ID from the file'}),
  pull: flags.string({
    summary: 'Pull image policy',
    suggests: ['always', 'missing', 'never', 'newer'],
  }),
  quiet: flags.bool({char: 'q', summary: 'Suppress output information when pulling images'}),
  replace: flags.bool({summary: 'If a container with the same name exists, replace it'}),
  requires: flags.list({
    summary: 'Add one or more requirement containers that must be started before this container will start',
    valueName: 'CONTAINER',
  }),
  restart: flags.string({
    summary: 'Restart policy to apply when a container exits ("always"|"no"|"never"|"on-failure"|"unless-stopped")',
    suggests: ['always', 'no', 'never', 'on-failure', 'unless-stopped'],
  }),
  retry: flags.uint({summary: 'number of times to retry in case of failure when performing pull'}),
  'retry-delay': flags.string({summary: 'delay between retries in case of pull failures'}),
  rm: flags.bool({
    summary: 'Remove container and any anonymous unnamed volume associated with the container after exit',
  }),
  rootfs: flags.bool({summary: 'The first argument is not an image but the rootfs to the exploded container'}),
  sdnotify: flags.string({
    summary: 'control sd-notify behavior ("container"|"conmon"|"healthy"|"ignore")',
    default: 'container',
    suggests: ['container', 'conmon', 'healthy', 'ignore'],
  }),
  'signature-policy': flags.string({summary: '`Pathname` of signature policy file (not usually used)', hidden: true}),
  'stop-signal': flags.string({summary: 'Signal number or name to stop a container. Default is SIGTERM'}),
  'stop-timeout': flags.uint({summary: 'Timeout (in seconds) that containers stopped by user command have to exit'}),
  timeout: flags.uint({
    summary:
      'Maximum length of time a container is allowed to run. The container will be killed automatically after the time expires.',
    default: 0,
  }),
  'tls-verify': flags.bool({
    summary: 'Require HTTPS and verify certificates when contacting registries for pulling images',
    default: true,
  }),
  variant: flags.string({
    summary: 'Use VARIANT instead of the running architecture variant for choosing images',
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
