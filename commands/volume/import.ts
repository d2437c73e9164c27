import {closeSync} from 'node:fs'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {openForReading} from '../../src/cli/open-for-reading.ts'
import {volumeNamed} from '../../src/cli/volume-named.ts'
import {importVolume} from '../../src/libpod/volume/index.ts'

export default class VolumeImport extends EngineCommand {
  static override summary = 'Import a tarball contents into a volume'
  static override description = 'Unpacks a tar archive from a file, or from stdin with -, into a volume that exists.'
  static override usage = 'VOLUME [SOURCE]'
  static override examples = [
    '<%= command.id %> my_vol /home/user/import.tar',
    'cat vol.tar | <%= command.id %> my_vol -',
  ]
  static override args = {volume: flags.arg({required: true}), source: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(VolumeImport)
    const {volumes} = await this.runtime()
    const name = volumeNamed(volumes, args.volume)
    const descriptor = args.source === '-' ? 0 : openForReading(args.source)
    try {
      await importVolume(volumes, name, descriptor)
    } finally {
      if (descriptor !== 0) closeSync(descriptor)
    }
  }
}
