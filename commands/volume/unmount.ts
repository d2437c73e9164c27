import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'

export default class VolumeUnmount extends EngineCommand {
  static override summary = 'Unmount volume'
  static override description = 'Takes one mount of a volume back; it is unmounted with the last one.'
  static override usage = 'NAME'
  static override examples = ['<%= command.id %> myvol']
  static override args = {name: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(VolumeUnmount)
    const {volumes} = await this.runtime()
    const {name} = volumes.lookup(args.name ?? '')
    await volumes.unmountForUser(name)
    this.print(name)
  }
}
