import type {ContainerConfig} from '../libpod/define/container-config.ts'
import type {ContainerRequest} from './container-request.ts'
import {strictKeyValues} from './parse/key-values.ts'
import type {SpecServices} from './services.ts'

/** Annotations of the configuration and the request, and those by which tools know what was asked for. */
export function resolveAnnotations(
  request: ContainerRequest,
  {config}: SpecServices,
  facts: Pick<ContainerConfig, 'stopSignal' | 'cidFile'>,
): Record<string, string> {
  const configured = strictKeyValues(config.containers.annotations, (text) => `annotation ${text} must be KEY=VALUE`)
  const mark = (name: string, value: string | undefined): Record<string, string> =>
    value === undefined ? {} : {[`io.podman.annotations.${name}`]: value}
  return {
    ...configured,
    'io.container.manager': 'libpod',
    'org.opencontainers.image.stopSignal': String(facts.stopSignal),
    ...mark('autoremove', request.autoRemove ? 'TRUE' : undefined),
    ...mark('init', request.init ? 'TRUE' : undefined),
    ...mark('privileged', request.privileged ? 'TRUE' : undefined),
    ...mark('publish-all', request.publishAll ? 'TRUE' : undefined),
    ...mark('cid-file', facts.cidFile),
    ...mark('userns', request.userns),
    ...mark('volumes-from', request.volumesFrom?.length ? request.volumesFrom.join(';') : undefined),
    ...(request.groupAdd?.includes('keep-groups') && {'run.oci.keep_original_groups': '1'}),
    ...request.annotations,
  }
}
