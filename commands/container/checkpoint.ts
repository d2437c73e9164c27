import {all, latest} from '../../src/cli/container-flags.ts'
import {CriuStatisticsPage} from '../../src/cli/criu-statistics-page.ts'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {selectContainers} from '../../src/cli/selection.ts'
import {EngineError} from '../../src/errors/index.ts'
import type {CheckpointOptions} from '../../src/libpod/define/verb-options.ts'

export default class ContainerCheckpoint extends EngineCommand {
  static override summary = 'Checkpoint one or more containers'
  static override description =
    'Writes the state of running processes to disk with criu and ends them, unless told to leave them running. `container restore` goes on from there.'
  static override usage = 'CONTAINER [CONTAINER...]'
  static override examples = [
    '<%= command.id %> --keep ctrID',
    '<%= command.id %> --all',
    '<%= command.id %> --export a.tar.zst ctrID',
  ]
  static override strict = false
  static override flags = {
    all: all('Checkpoint all running containers'),
    compress: flags.string({
      char: 'c',
      summary: 'Select compression algorithm (gzip, none, zstd) for checkpoint archive.',
      default: 'zstd',
      suggests: ['gzip', 'none', 'zstd'],
    }),
    'create-image': flags.string({summary: 'Create checkpoint image with specified name'}),
    export: flags.string({char: 'e', summary: 'Export the checkpoint image to a tar.gz'}),
    'file-locks': flags.bool({summary: 'Checkpoint a container with file locks'}),
    'ignore-rootfs': flags.bool({summary: 'Do not include root file-system changes when exporting'}),
    'ignore-volumes': flags.bool({summary: 'Do not export volumes associated with container'}),
    keep: flags.bool({char: 'k', summary: 'Keep all temporary checkpoint files'}),
    latest,
    'leave-running': flags.bool({char: 'R', summary: 'Leave the container running after writing checkpoint to disk'}),
    'pre-checkpoint': flags.bool({
      char: 'P',
      summary: "Dump container's memory information only, leave the container running",
    }),
    'print-stats': flags.bool({summary: 'Display checkpoint statistics'}),
    'tcp-established': flags.bool({summary: 'Checkpoint a container with established TCP connections'}),
    'with-previous': flags.bool({summary: 'Checkpoint container with pre-checkpoint images'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(ContainerCheckpoint)
    if (this.changed('compress') && given.export === undefined) refuse('--compress can only be used with --export')
    if (given.export === undefined && given['ignore-rootfs']) refuse('--ignore-rootfs can only be used with --export')
    if (given.export === undefined && given['ignore-volumes']) refuse('--ignore-volumes can only be used with --export')
    if (given.all && given.export !== undefined) refuse('--export can only be used with a single container')
    if (given['with-previous'] && given['pre-checkpoint'])
      refuse('--with-previous can not be used with --pre-checkpoint')
    const options: CheckpointOptions = {
      keep: given.keep,
      leaveRunning: given['leave-running'],
      tcpEstablished: given['tcp-established'],
      fileLocks: given['file-locks'],
      ignoreRootfs: given['ignore-rootfs'],
      ignoreVolumes: given['ignore-volumes'],
      preCheckpoint: given['pre-checkpoint'],
      withPrevious: given['with-previous'],
      exportPath: given.export,
      imageName: given['create-image'],
      compress: checkedCompression(given.compress),
      printStats: given['print-stats'],
    }
    const chosen = await selectContainers(
      await this.runtime(),
      {names: argv, all: given.all, latest: given.latest},
      {onlyIf: ({state}) => state.status === 'running'},
    )
    const statistics = new CriuStatisticsPage('checkpoint')
    await this.forEachChosen(chosen, async (container, name) => {
      const report = await container.checkpoint(options)
      if (!given['print-stats']) return name
      statistics.add(container.id, report)
      return undefined
    })
    if (given['print-stats']) this.print(statistics.text())
  }
}

function checkedCompression(given: string): CheckpointOptions['compress'] {
  const word = given.toLowerCase()
  if (word === 'none' || word === 'gzip' || word === 'zstd') return word
  throw new EngineError(
    'ERR_REFUSED',
    `selected compression algorithm (${JSON.stringify(given)}) not supported. Please select one from: gzip, none, zstd`,
  )
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
