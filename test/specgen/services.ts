import {type ConfigOptions, loadConfig} from '../../src/config/index.ts'
import {EngineError} from '../../src/errors/index.ts'
import type {ContainerConfig} from '../../src/libpod/define/container-config.ts'
import type {ImageRunConfig} from '../../src/oci/types/image-spec.ts'
import type {SpecServices} from '../../src/specgen/index.ts'
import {testRuntime} from '../helpers/runtime.ts'

export interface TestServices extends SpecServices {
  readonly warnings: string[]
  /** Makes a config known to `lookup`. */
  add(config: ContainerConfig): void
}

export interface ServicesOptions {
  readonly image?: ImageRunConfig
  readonly environment?: Readonly<Record<string, string>>
  readonly config?: ConfigOptions
}

/** An engine with one image, `localhost/busybox`, and the network `berth`; configuration from no file but those given. */
export function testServices(options: ServicesOptions = {}): TestServices {
  const containers = new Map<string, ContainerConfig>()
  const warnings: string[] = []
  let count = 0
  return {
    config: loadConfig({
      ...{uid: 0, env: {}, systemRoot: '/nonexistent', ...options.config},
      globals: {runtime: testRuntime, ...options.config?.globals},
    }),
    images: {resolve: (name) => ({image: imageOf(name, options.image ?? {}), name: 'localhost/busybox:latest'})},
    containers: {
      list: () => [...new Set(containers.values())].map((config) => ({config})),
      lookup: (name) => {
        const config = containers.get(name)
        if (config) return {id: config.id, config}
        throw new EngineError('ERR_NO_SUCH_CTR', `no container with name or ID ${JSON.stringify(name)} found`)
      },
    },
    networks: {
      lookup: (name) => {
        if (name === 'berth' || name === 'other') return {name}
        throw new EngineError('ERR_NO_SUCH_NETWORK', `unable to find network with name or ID ${name}`)
      },
    },
    pods: {
      lookup: (name) => {
        throw new EngineError('ERR_NO_SUCH_POD', `no pod with name or ID ${name} found`)
      },
    },
    secrets: {
      lookup: (name) => {
        if (name === 'token') return {id: 'f'.repeat(25), name}
        throw new EngineError('ERR_NO_SUCH_SECRET', `no secret with name or id ${JSON.stringify(name)}`)
      },
    },
    freePort: () => 40_000 + count++,
    generateName: () => 'brave_otter',
    generateID: () => (count++).toString(16).padStart(64, '0'),
    now: () => new Date('2026-01-02T03:04:05.678Z'),
    environment: options.environment ?? {},
    warn: (sentence) => warnings.push(sentence),
    warnings,
    add: (config) => {
      for (const key of [config.id, config.name]) containers.set(key, config)
    },
  }
}

function imageOf(name: string, config: ImageRunConfig): ReturnType<SpecServices['images']['resolve']>['image'] {
  if (!name.includes('busybox')) throw new EngineError('ERR_IMAGE_UNKNOWN', name)
  const digest = `sha256:${'d'.repeat(64)}` as const
  const rootfs = {type: 'layers', diff_ids: []} as const
  return {
    ...{id: 'a'.repeat(64), digest, digests: [digest], names: ['localhost/busybox:latest'], namesHistory: []},
    ...{topLayer: `sha256:${'e'.repeat(64)}`, configBytes: Buffer.alloc(0), manifestBytes: Buffer.alloc(0)},
    withManifest: () => {
      throw new Error('there is one manifest only')
    },
    config: {architecture: 'amd64', os: 'linux', rootfs, config},
    record: {
      ...{version: 1, id: 'a'.repeat(64), kind: 'image', mediaType: '', createdAt: '', architecture: 'amd64'},
      ...{os: 'linux', labels: {}, layers: [], diffIDs: [], sizeBytes: 0},
    },
  }
}
