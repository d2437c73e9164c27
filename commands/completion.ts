import {writeFileSync} from 'node:fs'
import {type Shell, shellScript, shells} from '../src/cli/completion/shell-scripts.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {EngineError} from '../src/errors/index.ts'

export default class Completion extends EngineCommand {
  static override summary = 'Generate shell autocompletions'
  static override description =
    'Generate shell autocompletions for bash, zsh or fish: commands, options and their values, names of containers, images, volumes, networks, pods and secrets.'
  static override usage = '{bash|zsh|fish}'
  static override examples = [
    '<%= command.id %> bash',
    '<%= command.id %> zsh -f _berth',
    '<%= command.id %> fish --no-desc',
  ]
  static override hidden = true
  static override args = {shell: flags.arg({required: true})}
  static override flags = {
    file: flags.string({char: 'f', summary: 'File to write the script to, instead of stdout'}),
    'no-desc': flags.bool({summary: 'Suggest words without saying what they mean'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(Completion)
    const shell = shells.find((known) => known === args.shell)
    if (!shell) throw unknownShell(args.shell)
    const script = shellScript(shell satisfies Shell, !given['no-desc'])
    if (given.file === undefined) this.write(script)
    else writeFileSync(given.file, script)
  }
}

function unknownShell(name: string): EngineError {
  if (name === 'powershell') return new EngineError('ERR_NOT_SUPPORTED', 'completion for powershell')
  return new EngineError('ERR_REFUSED', `invalid argument "${name}" for "berth completion"`)
}
