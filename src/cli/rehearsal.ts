import {chmodSync, existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {withoutLibc} from '../host/index.ts'
import type {CommandTable} from './command-table.ts'
import {main} from './main.ts'
import {standIns} from './rehearsal-libc.ts'

/**
 * Goes through the life of a container with stand-ins for libc, conmon and the OCI runtime: code that has run once lies
 * compiled in the startup snapshot. Compiling it anew cost every `run` more than all of its system calls together. The
 * profile that creates containers leaves them in the directory for the next. Returns the scenes that went wrong.
 */
export async function rehearse(table: CommandTable, profile: string, directory: string): Promise<readonly string[]> {
  const before = process.env.CONTAINERS_CONF
  try {
    const stage = await setStage(directory)
    return await withoutLibc(standIns(directory), () => play([...stage], SCENES[profile] ?? [], table))
  } finally {
    if (before === undefined) delete process.env.CONTAINERS_CONF
    else process.env.CONTAINERS_CONF = before
  }
}

type Scene = readonly string[]

async function play(
  stage: readonly string[],
  scenes: readonly Scene[],
  table: CommandTable,
): Promise<readonly string[]> {
  const failed: string[] = []
  for (const scene of scenes) if ((await main([...stage, ...scene], table)) !== 0) failed.push(scene.join(' '))
  return failed
}

const IMAGE = 'localhost/rehearsal'

/** By profile (`scripts/build/profiles.ts`), in the order in which they are built. */
const SCENES: Readonly<Record<string, readonly Scene[]>> = {
  'berth-create': [
    ['run', '--rm', '--network', 'none', '--name', 'brief', IMAGE, 'true'],
    ['run', '--rm', '--network', 'stage', '--name', 'brief', IMAGE, 'true'],
    ['pod', 'create', '--network', 'none', '--infra-image', IMAGE, '--infra-command', 'true', '--name', 'group'],
    ['create', '--network', 'none', '--name', 'one', IMAGE, 'true'],
    ['create', '--pod', 'group', '--name', 'member', IMAGE, 'true'],
  ],
  berth: [
    ['start', 'one'],
    ['ps', '-a'],
    ['images'],
    ['inspect', 'one'],
    ['exec', 'one', 'true'],
    ['logs', 'one'],
    ['stop', '-t', '0', 'one'],
    ['container', 'cleanup', 'one'],
    ['rm', '-f', '-t', '0', 'one'],
    ['pod', 'start', 'group'],
    ['stop', '-a', '-t', '0'],
  ],
}

/** Options of the program that make it play in `directory`, with an image and a network to play with. */
async function setStage(directory: string): Promise<readonly string[]> {
  for (const [name, text] of Object.entries({conmon: CONMON, runtime: RUNTIME, netavark: NETAVARK})) {
    writeFileSync(join(directory, name), text)
    chmodSync(join(directory, name), 0o755)
  }
  const configuration = join(directory, 'containers.conf')
  writeFileSync(configuration, `[engine]\nhelper_binaries_dir = [${JSON.stringify(directory)}]\n`)
  // It stands for all files of the host.
  process.env.CONTAINERS_CONF = configuration
  const [root, runRoot] = [join(directory, 'root'), join(directory, 'run')]
  const networks = join(directory, 'networks')
  if (!existsSync(networks)) {
    mkdirSync(networks)
    writeFileSync(join(networks, 'stage.json'), JSON.stringify(STAGE_NETWORK))
    await addImage(root, runRoot)
  }
  return [
    ...['--root', root, '--runroot', runRoot, '--network-config-dir', networks],
    ...['--conmon', join(directory, 'conmon'), '--runtime', join(directory, 'runtime')],
  ]
}

async function addImage(root: string, runRoot: string): Promise<void> {
  const [{loadConfig}, {openRuntime}] = await Promise.all([
    import('../config/index.ts'),
    import('../libpod/runtime.ts'),
  ])
  await withoutLibc(standIns(root), async () => {
    const {images} = await openRuntime(loadConfig({globals: {root, runRoot}}))
    const config = {architecture: process.arch, os: 'linux', rootfs: {type: 'layers', diff_ids: []}, config: {}}
    await images.create({configBytes: Buffer.from(JSON.stringify(config)), names: [`${IMAGE}:latest`]})
  })
}

/** Says what conmon says. The process of the container named `brief` ends at once, that of another when it is killed. */
const CONMON = `#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in
    -c) id=$2 ;; -n) name=$2 ;; --exit-dir) exits=$2 ;; --conmon-pidfile) pid=$2 ;; --exec) name=brief exec=.exec ;;
  esac
  shift
done
[ "$name" = brief ] && process=true || process='sleep 5'
(
  say() { eval "printf '{\\"data\\": %d}\\n' $2 >&$1"; }
  $process &
  echo $! >"$0.$id\${exec-}"
  sh -c 'echo $PPID' >"$pid"
  [ -z "\${_OCI_ATTACHPIPE-}" ] || say "$_OCI_ATTACHPIPE" 0
  say "$_OCI_SYNCPIPE" $!
  wait $!
  code=$?
  [ -z "\${_OCI_ATTACHPIPE-}" ] || say "$_OCI_SYNCPIPE" $code
  echo 0 >"$exits/$id"
) </dev/null >/dev/null 2>&1 &
`
/** Knows the one command that matters: `kill ID SIGNAL`. */
const RUNTIME = `#!/bin/sh
[ "$1" != kill ] || kill -9 "$(cat "\${0%/*}/conmon.$2")"
`

const STAGE_NETWORK = {
  ...{name: 'stage', id: '0'.repeat(64), driver: 'bridge', network_interface: 'stage0'},
  ...{created: '2000-01-01T00:00:00Z', subnets: [{subnet: '192.0.2.0/24', gateway: '192.0.2.1'}]},
  ...{ipv6_enabled: false, internal: false, dns_enabled: false, ipam_options: {driver: 'host-local'}},
}
const STAGE_STATUS = {
  stage: {
    ...{dns_search_domains: [], dns_server_ips: []},
    interfaces: {eth0: {mac_address: '02:00:00:00:00:01', subnets: [{gateway: '192.0.2.1', ipnet: '192.0.2.2/24'}]}},
  },
}
const NETAVARK = `#!/bin/sh
cat >/dev/null
echo '${JSON.stringify(STAGE_STATUS)}'
`
