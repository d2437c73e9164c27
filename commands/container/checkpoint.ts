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
    all: all('Checkpoint every running container'),
    compress: flags.string({
      char: 'c',
      summary: 'Compression of the archive: gzip, none or zstd; with --export',
      default: 'zstd',
      suggests: ['gzip', 'none', 'zstd'],
    }),
    'create-image': flags.string({summary: 'Keep the checkpoint as an image of this name'}),
    export: flags.string({
      char: 'e',
      summary: 'File to write the checkpoint to, as an archive that can be restored elsewhere',
    }),
    'file-locks': flags.bool({summary: 'Save the file locks that the processes hold'}),
    'ignore-rootfs': flags.bool({summary: 'Leave the file changes out of the archive; with --export'}),
    'ignore-volumes': flags.bool({summary: 'Leave the contents of volumes out of the archive; with --export'}),
    keep: flags.bool({char: 'k', summary: "Keep CRIU's logs and statistics"}),
    latest,
    'leave-running': flags.bool({char: 'R', summary: 'Let the container run on afterwards'}),
    'pre-checkpoint': flags.bool({
      char: 'P',
      summary: 'Save only the memory, and let the container run on until the checkpoint proper',
    }),
    'print-stats': flags.bool({summary: 'Print how long the parts of the checkpoint took'}),
    'tcp-established': flags.bool({summary: 'Save TCP connections that are open, rather than fail over them'}),
    'with-previous': flags.bool({summary: 'Save only what changed in memory since --pre-checkpoint'}),
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
