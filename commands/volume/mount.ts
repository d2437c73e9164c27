import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'

export default class VolumeMount extends EngineCommand {
  static override summary = 'Mount volume'
  static override description = 'Mounts a volume and prints the path where its content can be seen.'
  static override usage = 'NAME'
  static override examples = ['<%= command.id %> myvol']
  static override args = {name: flags.arg({required: true})}

  async run(): Promise<void> {
    const {args} = await this.parse(VolumeMount)
    const {volumes} = await this.runtime()
    this.print(await volumes.mountForUser(volumes.lookup(args.name ?? '').name))
  }
}
