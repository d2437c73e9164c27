import {CreateCommand} from '../src/cli/create-options/create-command.ts'
import {createFlags} from '../src/cli/create-options/create-flags.ts'
import {initContainerFlag, initContainerOf} from '../src/cli/create-options/init-container.ts'
import {withoutEmpty} from '../src/cli/create-options/without-empty.ts'
import * as flags from '../src/cli/flags.ts'

export default class Create extends CreateCommand {
  static override summary = 'Create but do not start a container'
  static override description = 'Makes a container and prints its id. Nothing runs before `berth start CONTAINER`.'
  static override usage = 'IMAGE [COMMAND [ARG...]]'
  static override examples = [
    '<%= command.id %> alpine ls',
    '<%= command.id %> --annotation HELLO=WORLD alpine ls',
    '<%= command.id %> -t -i --name myctr alpine ls',
  ]
  static override optionsEndAtFirstPositional = true
  static override args = {image: flags.arg({required: true}), command: flags.arg({multiple: true})}
  static override strict = false
  static override flags = {...createFlags, 'init-ctr': initContainerFlag}

  async run(): Promise<void> {
    const {argv, flags: typed} = await this.parse(Create)
    const given = withoutEmpty(typed, Create.flags)
    const isInPod = given.pod !== undefined || given['pod-id-file'] !== undefined
    const more = initContainerOf(given['init-ctr'], isInPod)
    const container = await this.createContainer(given, argv as string[], more)
    this.print(container.id)
  }
}
