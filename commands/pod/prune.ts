import {confirm} from '../../src/cli/confirm.ts'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'

export default class PodPrune extends EngineCommand {
  static override summary = 'Remove all stopped pods and their containers'
  static override description = 'Deletes each pod whose containers have all ended, and them with it, after asking.'
  static override examples = ['<%= command.id %>', '<%= command.id %> --force']
  static override flags = {
    force: flags.bool({char: 'f', summary: 'Do not ask before removing'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(PodPrune)
    const {pods} = await this.runtime()
    if (!given.force && !(await confirm('WARNING! This will remove all stopped/exited pods..'))) return
    for (const pod of pods.list())
      if (['Exited', 'Stopped'].includes(pod.status()))
        try {
          await pod.remove()
          this.print(pod.id)
        } catch (error) {
          this.report(error)
        }
  }
}
