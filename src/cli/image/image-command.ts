import {resolveEnvironment} from '../../config/environment.ts'
import {type CopyReport, checkPolicy, type ImageStore, type ImageUsers} from '../../image/index.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {EngineCommand} from '../engine-command.ts'

/** Base of the commands for images. */
export abstract class ImageCommand extends EngineCommand {
  protected async images(): Promise<ImageStore> {
    return (await this.runtime()).images
  }

  protected async imageUsers(): Promise<ImageUsers> {
    return imageUsers(await this.runtime())
  }

  /** Lines of a copy's progress go to stderr, for they are no result. */
  protected copyReport(quiet: boolean): CopyReport {
    return quiet ? {} : {line: (text) => this.printError(text)}
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

/** The containers of an engine as images see them. */
export function imageUsers(runtime: Pick<Runtime, 'containers'>): ImageUsers {
  return {
    containersOf: async (imageID) =>
      runtime.containers
        .summaries()
        .filter(({image}) => image?.id === imageID)
        .map(({id}) => id),
    removeContainer: async (id) => runtime.containers.get(id).remove({force: true}),
  }
}
