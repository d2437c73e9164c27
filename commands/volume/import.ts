import {createReadStream} from 'node:fs'
import type {Readable} from 'node:stream'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {openForReading} from '../../src/cli/open-for-reading.ts'
import {volumeNamed} from '../../src/cli/volume-named.ts'
import {importVolume} from '../../src/libpod/volume/index.ts'

export default class VolumeImport extends EngineCommand {
  static override summary = 'Import a tarball contents into a volume'
  static override description =
    'Unpacks a tar archive, plain or compressed, from a file, or from stdin with -, into a volume that exists.'
  static override usage = 'VOLUME [SOURCE]'
  static override examples = [
    '<%= command.id %> my_vol /home/user/import.tar',
    'cat vol.tar | <%= command.id %> my_vol -',
  ]
  static override args = {volume: flags.arg({required: true}), source: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(VolumeImport)
    const source = args.source === '-' ? process.stdin : fileStream(args.source)
    const {volumes} = await this.runtime()
    await importVolume(volumes, volumeNamed(volumes, args.volume), source)
  }
}

function fileStream(path: string): Readable {
  return createReadStream(path, {fd: openForReading(path)})
}
