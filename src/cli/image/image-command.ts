import {isatty} from 'node:tty'
import {resolveEnvironment} from '../../config/environment.ts'
import {type CopyReport, unwatched} from '../../image/copy-report.ts'
import type {ImageStore, ImageUsers} from '../../image/image-store.ts'
import {checkPolicy} from '../../image/trust/policy.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import type {Invocation} from '../command-table.ts'
import {EngineCommand} from '../engine-command.ts'
import {writeErr} from '../output.ts'
import {ProgressBars} from '../terminal/progress-bars.ts'
import {windowSize} from '../terminal/window-size.ts'

/** Base of the commands for images. */
export abstract class ImageCommand extends EngineCommand {
  #bars: ProgressBars | undefined

  override async execute(invocation: Invocation): Promise<number> {
    try {
      return await super.execute(invocation)
    } finally {
      this.#bars?.stop()
    }
  }

  protected async images(): Promise<ImageStore> {
    return (await this.runtime()).images
  }

  protected async imageUsers(): Promise<ImageUsers> {
    return imageUsers(await this.runtime())
  }

  /** A copy's progress goes to stderr, for it is no result: bars on a terminal, elsewhere podman's lines; or to a log. */
  protected copyReport(quiet: boolean, log?: (line: string) => void): CopyReport {
    if (quiet) return {}
    if (log) return plainReport(log)
    if (!isatty(2)) return plainReport((text) => this.printError(text))
    this.#bars ??= new ProgressBars({write: writeErr, size: () => windowSize(2) ?? {rows: 24, columns: 80}})
    return this.#bars
  }

  /** Above the bars, when there are some. */
  protected override printError(text: string): void {
    if (this.#bars) this.#bars.line(text)
    else super.printError(text)
  }

  /** `--signature-policy` for what this host's own store or a plain tar gives. */
  protected checkPolicy(path: string | undefined, transport: 'containers-storage' | 'tarball', identity: string): void {
    if (path !== undefined) checkPolicy(resolveEnvironment(), {transport, identity}, path)
  }

  /** Where archives are spooled. */
  protected get copyDirectory(): string {
    return process.env.TMPDIR || '/var/tmp'
  }
}

function plainReport(print: (text: string) => void): CopyReport {
  return {
    line: print,
    copying: (kind, digest) => {
      print(`Copying ${kind} ${digest}`)
      return unwatched
    },
  }
}

/** The containers of an engine as images see them. */
export function imageUsers(runtime: Pick<Runtime, 'containers' | 'volumes' | 'layersWithoutContainer'>): ImageUsers {
  const ofVolumes = runtime.volumes.layers()
  return {
    containersOf: async (imageID) => {
      const layers = ofVolumes.size > 0 ? await runtime.layersWithoutContainer() : []
      return [...runtime.containers.summaries(), ...layers.filter(({id}) => ofVolumes.has(id))]
        .filter(({image}) => image?.id === imageID)
        .map(({id}) => id)
    },
    // A volume keeps the layers that it lies on.
    removeContainer: async (id) => {
      if (!ofVolumes.has(id)) await runtime.containers.get(id).remove({force: true})
    },
  }
}
