import {EngineCommand} from '../../src/cli/engine-command.ts'
import {codeWhenRemoving} from '../../src/cli/exit-codes.ts'
import * as flags from '../../src/cli/flags.ts'
import {EngineError, hasCode} from '../../src/errors/index.ts'
import type {Runtime} from '../../src/libpod/runtime.ts'

export default class VolumeRm extends EngineCommand {
  static override summary = 'Remove one or more volumes'
  static override description = 'Deletes volumes that no container uses; with --force also those, with the containers.'
  static override usage = 'VOLUME [VOLUME...]'
  static override examples = [
    '<%= command.id %> myvol1 myvol2',
    '<%= command.id %> --all',
    '<%= command.id %> --force myvol',
  ]
  static override aliases = ['remove']
  static override args = {volume: flags.arg({multiple: true})}
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Remove every volume'}),
    force: flags.bool({char: 'f', summary: 'Remove the containers that use the volume as well'}),
    time: flags.int({
      char: 't',
      summary: 'Seconds that a container has to stop before it is killed; with --force',
    }),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(VolumeRm)
    if (this.changed('time') && !given.force)
      throw new EngineError('ERR_REFUSED', '--force option must be specified to use the --time option')
    if (given.all === argv.length > 0) throw new EngineError('ERR_REFUSED', 'choose either one or more volumes or all')
    const runtime = await this.runtime()
    const names = given.all ? runtime.volumes.list().map(({name}) => name) : (argv as string[])
    for (const name of names) {
      try {
        this.print(await removeVolume(runtime, name, given.force, given.time))
      } catch (error) {
        if (given.force && hasCode(error, 'ERR_NO_SUCH_VOLUME')) continue
        this.report(error, codeWhenRemoving(error))
      }
    }
  }
}

async function removeVolume(
  runtime: Runtime,
  nameOrPrefix: string,
  force: boolean,
  timeoutSeconds: number | undefined,
): Promise<string> {
  const {name} = runtime.volumes.lookup(nameOrPrefix)
  if (force)
    for (const id of runtime.volumes.users(name)) await runtime.containers.get(id).remove({force, timeoutSeconds})
  await runtime.volumes.remove(name)
  runtime.events.write({Type: 'volume', Status: 'remove', Name: name})
  return name
}
