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
    driver: flags.string({
      char: 'd',
      summary: 'Driver that keeps the volume, such as local or image',
      default: 'local',
    }),
    gid: flags.int({summary: "Number of the group that owns the volume's directory"}),
    ignore: flags.bool({summary: 'Keep a volume that already has this name, without an error'}),
    label: flags.array({char: 'l', summary: 'Label for the volume, as KEY=VALUE (repeatable)'}),
    opt: flags.array({char: 'o', summary: 'Setting for the driver, as KEY=VALUE (repeatable)'}),
    uid: flags.int({summary: "Number of the user who owns the volume's directory"}),
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
