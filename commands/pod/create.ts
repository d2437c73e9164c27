import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {podFlags} from '../../src/cli/pod/create-flags.ts'
import {createPod} from '../../src/cli/pod/create-pod.ts'
import {EngineError} from '../../src/errors/index.ts'
import {workingDirectory} from '../../src/host/index.ts'

export default class PodCreate extends EngineCommand {
  static override summary = 'Create a new empty pod'
  static override description =
    'Makes an empty pod and prints its id.\n\n`berth run --pod` puts containers in; `berth pod start` starts them all.'
  static override usage = '[NAME]'
  static override examples = [
    '<%= command.id %>',
    '<%= command.id %> --name mypod -p 8080:80',
    '<%= command.id %> --infra=false',
  ]
  static override args = {name: flags.arg()}
  static override flags = podFlags

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(PodCreate)
    if (args.name !== undefined && given.name !== undefined && args.name !== given.name)
      throw new EngineError('ERR_REFUSED', 'cannot specify --name and NAME at the same time')
    const context = {
      workingDirectory: workingDirectory(),
      environment: process.env,
      changed: (option: string) => this.changed(option),
      warn: (sentence: string) => this.printError(sentence),
    }
    const pod = await createPod(
      await this.runtime(),
      {...given, name: given.name || args.name || undefined},
      context,
      this.commandLine,
    )
    this.print(pod.id)
  }
}
