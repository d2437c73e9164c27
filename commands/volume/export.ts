import {closeSync, openSync} from 'node:fs'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {outputError} from '../../src/cli/output.ts'
import {volumeNamed} from '../../src/cli/volume-named.ts'
import {EngineError, isErrno, systemReason} from '../../src/errors/index.ts'
import {exportVolume} from '../../src/libpod/volume/index.ts'

export default class VolumeExport extends EngineCommand {
  static override summary = 'Export volumes'
  static override description = "Writes a volume's content as a tar archive to a file or to stdout."
  static override usage = 'VOLUME'
  static override examples = ['<%= command.id %> myvol > vol.tar', '<%= command.id %> myvol --output vol.tar']
  static override args = {volume: flags.arg({required: true})}
  static override flags = {
    output: flags.string({char: 'o', summary: 'File to write to, instead of a redirected stdout'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(VolumeExport)
    if (!given.output && process.stdout.isTTY)
      throw new EngineError('ERR_REFUSED', 'expects output path, use --output=[path]')
    const {volumes} = await this.runtime()
    const name = volumeNamed(volumes, args.volume)
    const descriptor = given.output ? openOutput(given.output) : 1
    try {
      await exportVolume(volumes, name, descriptor)
    } catch (error) {
      throw isErrno(error, 'EPIPE') ? outputError(error, descriptor) : error
    } finally {
      if (given.output) closeSync(descriptor)
    }
  }
}

function openOutput(path: string): number {
  try {
    return openSync(path, 'w', 0o644)
  } catch (cause) {
    const reason = systemReason(cause)
    throw new EngineError('ERR_REFUSED', `could not create tarball file '${path}': open ${path}: ${reason}`, {cause})
  }
}
