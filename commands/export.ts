import {once} from 'node:events'
import {createWriteStream, type WriteStream} from 'node:fs'
import {rm} from 'node:fs/promises'
import {isatty} from 'node:tty'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {DescriptorWriter} from '../src/cli/terminal/descriptor-writer.ts'
import {EngineError, systemReason} from '../src/errors/index.ts'

/** @throws ERR_REFUSED before anything is read */
async function opened(file: WriteStream, path: string): Promise<void> {
  try {
    await once(file, 'open')
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', `creating file "${path}": open ${path}: ${systemReason(cause)}`, {cause})
  }
}

export default class Export extends EngineCommand {
  static override summary = "Export container's filesystem contents as a tar archive"
  static override description = "Writes the container's root file system, without its volumes, as a tar archive."
  static override usage = 'CONTAINER'
  static override examples = ['<%= command.id %> ctrID > myCtr.tar', '<%= command.id %> --output="myCtr.tar" ctrID']
  static override args = {container: flags.arg({required: true})}
  static override flags = {
    output: flags.string({char: 'o', summary: 'File to write to, instead of a redirected stdout'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(Export)
    if (!given.output && isatty(1))
      throw new EngineError('ERR_REFUSED', 'refusing to export to terminal. Use -o flag or redirect')
    if (given.output?.includes(':'))
      throw new EngineError('ERR_REFUSED', `invalid filename (should not contain ':') "${given.output}"`)
    const container = (await this.runtime()).containers.lookup(args.container)
    if (!given.output) return container.export(new DescriptorWriter(1))
    const file = createWriteStream(given.output)
    try {
      await opened(file, given.output)
      await container.export(file)
    } catch (error) {
      await rm(given.output, {force: true})
      throw error
    }
  }
}
