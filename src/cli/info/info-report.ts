import type {Runtime} from '../../libpod/runtime.ts'
import {hostReport} from './host-report.ts'
import {storeReport} from './store-report.ts'
import {versionReport} from './version-report.ts'

/** What `info` shows; keys are those of podman's JSON. */
export async function infoReport(runtime: Runtime) {
  const [host, store] = await Promise.all([hostReport(runtime), storeReport(runtime)])
  return {
    host,
    store,
    registries: {},
    plugins: {
      volume: ['local'],
      network: ['bridge', 'macvlan', 'ipvlan'],
      log: ['k8s-file', 'none', 'passthrough', 'journald'],
      authorization: null,
    },
    version: versionReport(),
  }
}
