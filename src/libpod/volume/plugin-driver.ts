import {EngineError} from '../../errors/index.ts'
import type {VolumeDriver} from './volume-driver.ts'
import {VolumePlugin} from './volume-plugin.ts'
import type {VolumeRecord} from './volume-record.ts'

/** Volumes that a plugin holds. Their mounts are told apart by the volume's name: the store asks for the first only. */
export class PluginDriver implements VolumeDriver {
  readonly #plugin: VolumePlugin

  constructor(plugin: VolumePlugin) {
    this.#plugin = plugin
  }

  create({name, options}: VolumeRecord): Promise<void> {
    return this.#plugin.create(name, options)
  }

  mount({name}: VolumeRecord): Promise<string> {
    return this.#plugin.mount(name, name)
  }

  unmount({name}: VolumeRecord): Promise<void> {
    return this.#plugin.unmount(name, name)
  }

  remove({name}: VolumeRecord): Promise<void> {
    return this.#plugin.remove(name)
  }
}

/** The plugins of containers.conf, `[engine.volume_plugins]`. */
export class VolumePlugins {
  readonly #sockets: Readonly<Record<string, string>>
  readonly #timeoutMs: number

  constructor(sockets: Readonly<Record<string, string>>, timeoutMs: number) {
    this.#sockets = sockets
    this.#timeoutMs = timeoutMs
  }

  get names(): readonly string[] {
    return Object.keys(this.#sockets)
  }

  /** @param timeoutMs of this volume's own @throws ERR_VOLUME_PLUGIN_MISSING */
  get(name: string, timeoutMs?: number): VolumePlugin {
    const socket = this.#sockets[name]
    if (socket === undefined)
      throw new EngineError('ERR_VOLUME_PLUGIN_MISSING', `no volume plugin with name ${name} available`)
    return new VolumePlugin(name, socket, timeoutMs ?? this.#timeoutMs)
  }
}
