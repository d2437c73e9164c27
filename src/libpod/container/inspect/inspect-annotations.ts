import type {ContainerConfig} from '../../define/container-config.ts'

/** What podman notes of a request as annotations, for the tools that look there. */
export function inspectAnnotations(config: ContainerConfig): Record<string, string> {
  return {
    ...(config.autoRemove && {'io.podman.annotations.autoremove': 'TRUE'}),
    ...(config.initRequested && {'io.podman.annotations.init': 'TRUE'}),
    ...(config.security.privileged && {'io.podman.annotations.privileged': 'TRUE'}),
    ...(config.publishAll && {'io.podman.annotations.publish-all': 'TRUE'}),
    ...(config.cidFile && {'io.podman.annotations.cid-file': config.cidFile}),
    ...(config.volumesFrom.length > 0 && {'io.podman.annotations.volumes-from': config.volumesFrom.join(';')}),
    ...config.annotations,
  }
}
