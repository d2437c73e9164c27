import type {FlagValues} from './flags.ts'
import * as flags from './flags.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic']

/** Options of the program, accepted before a command and, unless marked otherwise, also after it. */
export const globalFlags = {
  'cdi-spec-dir': flags.array({summary: 'Directory with CDI descriptions of devices (repeatable)'}),
  'cgroup-manager': flags.string({
    summary: 'Who makes cgroups: cgroupfs or systemd',
    suggests: ['cgroupfs', 'systemd'],
  }),
  config: flags.string({
    summary: "Directory with Docker's config.json, where logins are looked up",
    beforeCommandOnly: true,
    hidden: true,
  }),
  conmon: flags.string({summary: 'Path of conmon, the program that watches over a container'}),
  connection: flags.string({char: 'c', summary: 'Name of a remote engine (not supported)', beforeCommandOnly: true}),
  context: flags.string({summary: 'Docker context (default only)', beforeCommandOnly: true, hidden: true}),
  'cpu-profile': flags.string({summary: 'File for a CPU profile (not supported)', hidden: true}),
  'db-backend': flags.string({summary: 'Kind of state database (not supported)', hidden: true}),
  debug: flags.bool({char: 'D', summary: 'The same as --log-level debug', beforeCommandOnly: true, hidden: true}),
  'default-mounts-file': flags.string({
    summary: 'File that lists mounts for all containers (not supported)',
    hidden: true,
  }),
  'events-backend': flags.string({
    summary: 'Where events are kept: file, journald or none',
    suggests: ['file', 'journald', 'none'],
  }),
  help: flags.bool({summary: 'Show this help'}),
  'hooks-dir': flags.array({summary: 'Directory with OCI hooks (repeatable)'}),
  host: flags.string({
    char: 'H',
    summary: 'URL of a remote engine (not supported)',
    beforeCommandOnly: true,
    hidden: true,
  }),
  identity: flags.string({summary: 'SSH key for a remote engine (not supported)', beforeCommandOnly: true}),
  imagestore: flags.string({summary: 'Directory for images apart from --root (not supported)'}),
  'log-level': flags.string({
    summary: `Log what is at least this grave: ${LEVELS.join(', ')}`,
    default: 'warn',
    suggests: LEVELS,
  }),
  'max-workers': flags.int({summary: 'How many objects a command works on at the same time', hidden: true}),
  'memory-profile': flags.string({summary: 'File for a memory profile (not supported)', hidden: true}),
  module: flags.array({
    summary: 'Further settings to read: a module of containers.conf, by name or path (repeatable)',
    beforeCommandOnly: true,
  }),
  namespace: flags.string({summary: 'Keep to containers of one namespace (not supported)', hidden: true}),
  'network-backend': flags.string({
    summary: 'What makes networks (netavark only)',
    hidden: true,
    suggests: ['netavark'],
  }),
  'network-cmd-path': flags.string({summary: 'Path of slirp4netns, for networks without root'}),
  'network-config-dir': flags.string({
    summary: 'Directory where networks are described',
    aliases: ['cni-config-dir'],
  }),
  noout: flags.bool({summary: 'Print nothing on standard output', beforeCommandOnly: true, hidden: true}),
  out: flags.string({summary: 'Write standard output to a file', beforeCommandOnly: true}),
  'pull-option': flags.array({summary: 'Change how images are pulled (not supported)', hidden: true}),
  'registries-conf': flags.string({summary: 'File to read instead of registries.conf (not supported)', hidden: true}),
  remote: flags.bool({char: 'r', summary: 'Talk to a remote engine (not supported)', beforeCommandOnly: true}),
  root: flags.string({summary: 'Directory for images, containers and volumes'}),
  runroot: flags.string({summary: 'Directory for state that is lost when the host restarts'}),
  runtime: flags.string({summary: 'OCI runtime to run containers with, by name or path'}),
  'runtime-flag': flags.array({summary: 'Option to pass to the OCI runtime (repeatable)'}),
  ssh: flags.string({
    summary: 'SSH client for a remote engine (not supported)',
    beforeCommandOnly: true,
    suggests: ['golang', 'native'],
  }),
  'storage-driver': flags.string({
    summary: 'How layers are stored: overlay or vfs',
    suggests: ['overlay', 'vfs'],
  }),
  'storage-opt': flags.array({summary: 'Option of the storage driver, such as overlay.mountopt=nodev (repeatable)'}),
  syslog: flags.bool({summary: "Tell of failures in the host's log as well"}),
  'tls-ca': flags.string({summary: 'CA certificate for a remote engine (not supported)', beforeCommandOnly: true}),
  'tls-cert': flags.string({
    summary: 'Client certificate for a remote engine (not supported)',
    beforeCommandOnly: true,
  }),
  'tls-key': flags.string({
    summary: 'Key of the client certificate for a remote engine (not supported)',
    beforeCommandOnly: true,
  }),
  timings: flags.string({
    summary: 'Append the steps of this command and their times to a file',
    beforeCommandOnly: true,
  }),
  tmpdir: flags.string({summary: 'Directory for temporary files'}),
  trace: flags.bool({summary: 'Record a trace of the command (not supported)', hidden: true}),
  'transient-store': flags.bool({summary: 'Call the store transient in info; containers are kept all the same'}),
  url: flags.string({summary: 'URL of a remote engine (not supported)', beforeCommandOnly: true}),
  version: flags.bool({char: 'v', summary: 'Print the version', beforeCommandOnly: true}),
  volumepath: flags.string({summary: 'Directory for the contents of volumes'}),
} as const

export type GlobalFlags = FlagValues<typeof globalFlags>
