import {existsSync} from 'node:fs'
import {writeFileAtomic} from '../../host/index.ts'
import type {Pod} from '../../libpod/pod/index.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {checkName, refuse} from '../../specgen/index.ts'
import type {OptionContext} from '../create-options/option-context.ts'
import type {PodCreateOptions} from './create-flags.ts'
import {infraConfig} from './infra-config.ts'
import {podConfig} from './pod-config.ts'
import {withShared} from './shared-words.ts'
import {underFreeName} from './under-free-name.ts'

/** Makes the pod that a `pod create` command line asks for, with its infra container. */
export async function createPod(
  runtime: Runtime,
  options: PodCreateOptions,
  context: OptionContext,
  createCommand: readonly string[],
): Promise<Pod> {
  const given = withShared(options, context)
  checkOptions(given, context)
  const asked = given.name === undefined ? undefined : checkName(given.name, 'running pod create option: ')
  if (given.replace && asked !== undefined) await runtime.pods.find(asked)?.remove({force: true})
  const pod = await underFreeName(
    asked,
    () => runtime.generateName(),
    async (name) => {
      const config = podConfig(runtime, given, context, {name, createCommand})
      const infra = given.infra ? await infraConfig(runtime, given, context, config) : undefined
      return runtime.pods.create(config, {infra})
    },
  )
  if (given['pod-id-file'] !== undefined) writeFileAtomic(given['pod-id-file'], pod.id, {mode: 0o644, durable: false})
  return pod
}

function checkOptions(given: PodCreateOptions, {changed}: OptionContext): void {
  const clash = given.infra ? undefined : Object.keys(infraOnly).find((name) => changed(name))
  if (clash) refuse(infraOnly[clash] || `cannot set --${clash} without an infra container`)
  if (!given.infra && changed('share') && given.share !== '' && given.share !== 'none')
    refuse(`cannot set share(${given.share}) namespaces without an infra container`)
  if (given['pod-id-file'] !== undefined && existsSync(given['pod-id-file']))
    refuse(`pod id file exists. Ensure another pod is not using it or delete ${given['pod-id-file']}`)
  if (given.replace && given.name === undefined) refuse('cannot replace pod without --name being set')
}

const exclusive = (option: string) => `NoInfra and ${option} are mutually exclusive pod options: invalid pod spec`

/** What only an infra container has, with podman's sentence where it has one of its own. */
const infraOnly: Readonly<Record<string, string>> = {
  publish: 'you must have an infra container to publish port bindings to the host',
  network: 'NoInfra and network modes cannot be used together',
  dns: exclusive('DNSServer'),
  'dns-option': exclusive('DNSOption'),
  'dns-search': exclusive('DNSSearch'),
  'add-host': exclusive('HostAdd'),
  ...Object.fromEntries(
    [
      ...['infra-command', 'infra-conmon-pidfile', 'infra-image', 'infra-name', 'ip', 'ip6', 'mac-address'],
      ...['network-alias', 'volume', 'volumes-from', 'device', 'sysctl', 'userns', 'uidmap', 'gidmap', 'shm-size'],
    ].map((name) => [name, '']),
  ),
}
