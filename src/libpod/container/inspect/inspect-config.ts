import {signalName} from '../../../host/index.ts'
import type {Spec} from '../../../oci/types/runtime-spec.ts'
import type {ContainerConfig, Healthcheck} from '../../define/container-config.ts'
import type {InspectConfig, InspectHealthcheck} from '../../define/inspect-container.ts'
import type {HeldContainer} from '../held-container.ts'
import {inspectAnnotations} from './inspect-annotations.ts'

export function inspectConfig({config}: HeldContainer, spec: Spec | undefined): InspectConfig {
  const {process, sdnotify} = config
  const exposed = exposedPorts(config)
  return {
    Hostname: config.hostname.effective || config.hostname.requested,
    Domainname: '',
    User: process.user,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: process.terminal,
    OpenStdin: config.stdinOpen,
    StdinOnce: false,
    Env: environment(config, spec),
    Cmd: config.cmd.length > 0 ? config.cmd : null,
    Image: config.image?.name ?? '',
    Volumes: null,
    WorkingDir: process.workdir,
    Entrypoint: config.entrypoint.length > 0 ? config.entrypoint : null,
    OnBuild: null,
    Labels: Object.keys(config.labels).length > 0 ? config.labels : null,
    Annotations: inspectAnnotations(config),
    StopSignal: signalName(config.stopSignal),
    ...(config.startupHealthcheck && {
      StartupHealthCheck: {
        ...healthcheck(config.startupHealthcheck),
        ...(config.startupHealthcheck.successes > 0 && {Successes: config.startupHealthcheck.successes}),
      },
    }),
    ...(config.healthcheck && {Healthcheck: healthcheck(config.healthcheck)}),
    HealthcheckOnFailureAction: config.healthOnFailure,
    HealthLogDestination: config.healthLog.destination,
    HealthcheckMaxLogCount: config.healthLog.maxCount,
    HealthcheckMaxLogSize: config.healthLog.maxSize,
    ...(config.createCommand && {CreateCommand: config.createCommand}),
    ...(process.timezone && {Timezone: process.timezone}),
    ...(process.systemd && {SystemdMode: true}),
    Umask: process.umask.padStart(4, '0'),
    ...(config.secrets.length > 0 && {
      Secrets: config.secrets
        .filter(({kind}) => kind !== 'env')
        .map(({name, id, uid, gid, mode}) => ({
          Name: name,
          ID: id,
          UID: uid,
          GID: gid,
          Mode: mode,
        })),
    }),
    Timeout: config.timeoutSeconds,
    StopTimeout: config.stopTimeoutSeconds,
    ...(process.addPasswdEntry && {Passwd: true}),
    ...(config.chrootDirs.length > 0 && {ChrootDirs: config.chrootDirs}),
    sdNotifyMode: sdnotify.mode,
    ...(sdnotify.socket && {sdNotifySocket: sdnotify.socket}),
    ...(exposed && {ExposedPorts: exposed}),
  }
}

/** A secret's value is not for looking at; HOME is known from the first start on. */
function environment({process, secrets}: ContainerConfig, spec: Spec | undefined): readonly string[] {
  const isHome = (entry: string) => entry.startsWith('HOME=')
  const home = process.env.some(isHome) ? [] : (spec?.process?.env?.filter(isHome) ?? [])
  const hidden = secrets.flatMap(({kind, target}) => (kind === 'env' ? [`${target}=*******`] : []))
  return [...process.env, ...home, ...hidden]
}

function healthcheck({test, intervalNs, timeoutNs, startPeriodNs, retries}: Healthcheck): InspectHealthcheck {
  return {
    ...(test.length > 0 && {Test: test}),
    ...(startPeriodNs > 0 && {StartPeriod: startPeriodNs}),
    ...(intervalNs > 0 && {Interval: intervalNs}),
    ...(timeoutNs > 0 && {Timeout: timeoutNs}),
    ...(retries > 0 && {Retries: retries}),
  }
}

function exposedPorts({exposedPorts: exposed, ports}: ContainerConfig): Record<string, object> | undefined {
  const published = ports.flatMap(({containerPort, range, protocol}) =>
    Array.from({length: range}, (_, offset) => `${containerPort + offset}/${protocol}`),
  )
  const all = [...new Set([...exposed, ...published])]
  return all.length === 0 ? undefined : Object.fromEntries(all.map((port) => [port, {}]))
}
