import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {EngineError, hasCode} from '../../src/errors/index.ts'

export default class SecretRm extends EngineCommand {
  static override summary = 'Remove one or more secrets'
  static override description = 'Deletes secrets; containers that have them keep their copies.'
  static override usage = 'SECRET [SECRET...]'
  static override examples = ['<%= command.id %> mysecret1 mysecret2', '<%= command.id %> --all']
  static override args = {secret: flags.arg({multiple: true})}
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Remove every secret'}),
    ignore: flags.bool({char: 'i', summary: 'Do not fail over a secret that does not exist'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(SecretRm)
    if (given.all && argv.length > 0)
      throw new EngineError('ERR_REFUSED', '`berth secret rm` requires one argument, or the --all flag')
    if (!given.all && argv.length === 0)
      throw new EngineError('ERR_REFUSED', '`berth secret rm` requires one argument, or the --all flag')
    const {secrets, events} = await this.runtime()
    const names = given.all ? secrets.list().map(({name}) => name) : (argv as string[])
    for (const name of names)
      try {
        const record = secrets.lookup(name)
        await secrets.remove(record)
        events.write({Type: 'secret', Status: 'remove', Name: record.name, ID: record.id})
        this.print(record.id)
      } catch (error) {
        if (!given.ignore || !hasCode(error, 'ERR_NO_SUCH_SECRET')) this.report(error)
      }
  }
}
