import {isatty} from 'node:tty'
import {detachKeys} from '../src/cli/container-flags.ts'
import {CreateCommand} from '../src/cli/create-options/create-command.ts'
import {createFlags} from '../src/cli/create-options/create-flags.ts'
import {withoutEmpty} from '../src/cli/create-options/without-empty.ts'
import {runExitCode} from '../src/cli/exit-codes.ts'
import * as flags from '../src/cli/flags.ts'
import {inheritedDescriptors} from '../src/cli/inherited-descriptors.ts'
import {startAttached} from '../src/cli/start-attached.ts'
import {warn} from '../src/cli/warning.ts'
import {EngineError, hasCode} from '../src/errors/index.ts'
import type {Container} from '../src/libpod/container.ts'

const runFlags = {
  ...createFlags,
  detach: flags.bool({char: 'd', summary: 'Leave the container running in the background and print its ID'}),
  'detach-keys': detachKeys,
  'preserve-fd': flags.uintList({
    summary: 'Numbers of file descriptors to hand on to the process, separated by commas',
  }),
  'preserve-fds': flags.uint({summary: 'How many file descriptors after stderr to hand on to the process', default: 0}),
  rmi: flags.bool({summary: 'Remove the container after it ends, and its image if no other container needs it'}),
  'sig-proxy': flags.bool({
    summary: "Pass signals that this command receives on to the container's process",
    default: true,
  }),
}

type Given = flags.FlagValues<typeof runFlags>

export default class Run extends CreateCommand {
  static override summary = 'Run a command in a new container'
  static override description =
    'Makes a container from an image, pulls the image where it is missing, and starts it. Without --detach the exit code is that of the command in the container.'
  static override usage = 'IMAGE [COMMAND [ARG...]]'
  static override examples = [
    '<%= command.id %> imageID ls -alF /etc',
    '<%= command.id %> --network=host imageID dnf -y install java',
    '<%= command.id %> --volume /var/hostdir:/var/ctrdir -i -t fedora /bin/bash',
  ]
  static override optionsEndAtFirstPositional = true
  static override args = {image: flags.arg({required: true}), command: flags.arg({multiple: true})}
  static override strict = false
  static override flags = runFlags

  async run(): Promise<void> {
    const {argv, flags: typed} = await this.parse(Run)
    const given = withoutEmpty(typed, Run.flags)
    this.#check(given)
    if (given.tty && given.interactive && !isatty(0))
      warn('The input device is not a TTY. The --tty and --interactive flags might not work properly')
    const autoRemove = given.rm || given.rmi
    const container = await this.createContainer(given, argv as string[], {autoRemove, autoRemoveImage: given.rmi})
    try {
      await this.#start(container, given)
    } catch (error) {
      // First, since there is no reporting to a reader that is gone: the container would live on unseen.
      if (autoRemove) await this.#removeUnattended(container)
      this.report(error, runExitCode(error))
    }
  }

  #check(given: Given): void {
    if (given.rmi && this.changed('rm') && !given.rm) refuse('the --rmi option does not work without --rm')
    inheritedDescriptors(given)
  }

  /** It did not start, or lost us. Cleaning up after the failure may have removed it already. */
  async #removeUnattended(container: Container): Promise<void> {
    try {
      await container.remove({force: true, volumes: true})
    } catch (error) {
      if (!hasCode(error, 'ERR_NO_SUCH_CTR')) this.report(error)
    }
  }

  async #start(container: Container, given: Given): Promise<void> {
    if (given.detach) {
      await container.start({preserveFDs: inheritedDescriptors(given)})
      // What the container writes goes where the id would.
      if (!container.config.log.driver.startsWith('passthrough')) this.print(container.id)
      return
    }
    const streams = given.attach.map((stream) => stream.toLowerCase())
    const wanted = (stream: string): boolean => streams.length === 0 || streams.includes(stream)
    this.exitCode = await startAttached(container, {
      stdin: given.interactive || streams.includes('stdin'),
      stdout: wanted('stdout'),
      stderr: wanted('stderr'),
      detachKeys: given['detach-keys'],
      signalProxy: given['sig-proxy'],
      preserveFDs: inheritedDescriptors(given),
    })
  }
}

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
