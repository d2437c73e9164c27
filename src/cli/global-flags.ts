import type {FlagValues} from './flags.ts'
import * as flags from './flags.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic']

/** Options of the program, accepted before a command and, unless marked otherwise, also after it. */
export const globalFlags = {
  'cdi-spec-dir': flags.array({summary: 'Set the CDI spec directory path (may be set multiple times)'}),
  'cgroup-manager': flags.string({
    summary: 'Cgroup manager to use ("cgroupfs"|"systemd")',
    suggests: ['cgroupfs', 'systemd'],
  }),
  config: flags.string({
    summary: 'Path to directory containing authentication config file',
    beforeCommandOnly: true,
    hidden: true,
  }),
  conmon: flags.string({summary: 'Path of the conmon binary'}),
  connection: flags.string({char: 'c', summary: 'Connection to use for a remote service', beforeCommandOnly: true}),
  context: flags.string({summary: 'Name of the context to use', beforeCommandOnly: true, hidden: true}),
  'cpu-profile': flags.string({summary: 'Path for the CPU-profiling results', hidden: true}),
  'db-backend': flags.string({summary: 'Database backend to use', hidden: true}),
  debug: flags.bool({char: 'D', summary: 'Same as --log-level debug', beforeCommandOnly: true, hidden: true}),
  'default-mounts-file': flags.string({summary: 'Path to default mounts file', hidden: true}),
  'events-backend': flags.string({
    summary: 'Events backend to use ("file"|"journald"|"none")',
    suggests: ['file', 'journald', 'none'],
  }),
  help: flags.bool({summary: 'Help for berth'}),
  'hooks-dir': flags.array({summary: 'Set the OCI hooks directory path (may be set multiple times)'}),
  host: flags.string({char: 'H', summary: 'URL of a remote service', beforeCommandOnly: true, hidden: true}),
  identity: flags.string({summary: 'path to SSH identity file, (CONTAINER_SSHKEY)', beforeCommandOnly: true}),
  imagestore: flags.string({summary: "Path to the 'image store', different from 'graph root'"}),
  'log-level': flags.string({
    summary: `Log messages above specified level (${LEVELS.join(', ')})`,
    default: 'warn',
    suggests: LEVELS,
  }),
  'max-workers': flags.int({summary: 'The maximum number of workers for parallel operations', hidden: true}),
  'memory-profile': flags.string({summary: 'Path for the memory-profiling results', hidden: true}),
  module: flags.array({summary: 'Load the containers.conf(5) module', beforeCommandOnly: true}),
  namespace: flags.string({summary: 'Set the namespace of containers', hidden: true}),
  'network-backend': flags.string({summary: 'Network backend to use', hidden: true, suggests: ['netavark']}),
  'network-cmd-path': flags.string({summary: 'Path to the command for configuring the network'}),
  'network-config-dir': flags.string({
    summary: 'Path of the configuration directory for networks',
    aliases: ['cni-config-dir'],
  }),
  noout: flags.bool({summary: 'do not output to stdout', beforeCommandOnly: true, hidden: true}),
  out: flags.string({summary: 'Send output (stdout) from berth to a file', beforeCommandOnly: true}),
  'pull-option': flags.array({summary: 'Specify an option to change how the image is pulled', hidden: true}),
  'registries-conf': flags.string({summary: 'Path to a registries.conf to use for image processing', hidden: true}),
  remote: flags.bool({char: 'r', summary: 'Access a remote service', beforeCommandOnly: true}),
  root: flags.string({summary: 'Path to the root directory in which data, including images, is stored'}),
  runroot: flags.string({summary: "Path to the 'run directory' where all state information is stored"}),
  runtime: flags.string({summary: 'Path to the OCI-compatible binary used to run containers.'}),
  'runtime-flag': flags.array({summary: 'add global flags for the container runtime'}),
  ssh: flags.string({summary: 'define the ssh mode', beforeCommandOnly: true, suggests: ['golang', 'native']}),
  'storage-driver': flags.string({
    summary: 'Select which storage driver is used to manage storage of images and containers',
    suggests: ['overlay', 'vfs'],
  }),
  'storage-opt': flags.array({summary: 'Used to pass an option to the storage driver'}),
  syslog: flags.bool({summary: 'Output logging information to syslog as well as the console'}),
  'tls-ca': flags.string({summary: 'path to TLS certificate Authority file for remote.', beforeCommandOnly: true}),
  'tls-cert': flags.string({summary: 'path to TLS client certificate file for remote.', beforeCommandOnly: true}),
  'tls-key': flags.string({summary: 'path to TLS client certificate key file for remote.', beforeCommandOnly: true}),
  timings: flags.string({
    summary: 'Append the steps of this command and their times to a file',
    beforeCommandOnly: true,
  }),
  tmpdir: flags.string({summary: 'Path to the tmp directory for engine state content.'}),
  trace: flags.bool({summary: 'Enable opentracing output', hidden: true}),
  'transient-store': flags.bool({summary: 'Enable transient container storage'}),
  url: flags.string({summary: 'URL to access a remote service (CONTAINER_HOST)', beforeCommandOnly: true}),
  version: flags.bool({char: 'v', summary: 'version for berth', beforeCommandOnly: true}),
  volumepath: flags.string({summary: 'Path to the volume directory in which volume data is stored'}),
} as const

export type GlobalFlags = FlagValues<typeof globalFlags>
