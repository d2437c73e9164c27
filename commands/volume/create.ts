import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {parseLabels} from '../../src/cli/labels.ts'
import {hasCode} from '../../src/errors/index.ts'

export default class VolumeCreate extends EngineCommand {
  static override summary = 'Create a new volume'
  static override description =
    'Makes a volume. The driver "local" keeps it below the engine\'s root directory, or mounts what its options say.'
  static override usage = '[NAME]'
  static override examples = ['<%= command.id %> myvol', '<%= command.id %>', '<%= command.id %> --label foo=bar myvol']
  static override args = {name: flags.arg()}
  static override flags = {
    driver: flags.string({char: 'd', summary: 'Specify volume driver name', default: 'local'}),
    gid: flags.int({summary: 'Set the GID of the volume owner'}),
    ignore: flags.bool({summary: "Don't fail if volume already exists"}),
    label: flags.array({char: 'l', summary: 'Set metadata for a volume'}),
    opt: flags.array({char: 'o', summary: 'Set driver specific options'}),
    uid: flags.int({summary: 'Set the UID of the volume owner'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(VolumeCreate)
    const {volumes, events} = await this.runtime()
    try {
      const record = await volumes.create({
        ...{name: args.name, driver: given.driver, uid: given.uid, gid: given.gid},
        labels: parseLabels(given.label, 'unable to process labels'),
        options: parseLabels(given.opt, 'unable to process options'),
      })
      events.write({Type: 'volume', Status: 'create', Name: record.name})
      this.print(record.name)
    } catch (error) {
      if (!given.ignore || !args.name || !hasCode(error, 'ERR_VOLUME_EXISTS')) throw error
      this.print(args.name)
    }
  }
}
