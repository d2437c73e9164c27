import {createFromBundle, createOptions} from './from-bundle.ts'
import {writePidFile} from './pid-file.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: 'make a container; its process waits for start',
  usage: 'CONTAINER',
  options: createOptions,
  args: [1, 1],
  async run(context) {
    const {relay} = await createFromBundle(context)
    relay.release()
    // Last: containerd and conmon take the container for created when they see it.
    writePidFile(context.options.value('pid-file'), relay.identity.pid)
    return 0
  },
}
