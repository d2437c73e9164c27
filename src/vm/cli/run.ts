import {deleteContainer} from '../sandbox/delete-container.ts'
import {startContainer} from '../sandbox/start-container.ts'
import {waitForeground} from './foreground.ts'
import {createFromBundle, createOptions} from './from-bundle.ts'
import {writePidFile} from './pid-file.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: 'create and start a container, wait for it, and remove it',
  usage: 'CONTAINER',
  options: {
    ...createOptions,
    detach: {kind: 'flag', short: 'd', summary: 'return when it runs, and keep it'},
    keep: {kind: 'flag', summary: 'do not remove it'},
  },
  args: [1, 1],
  async run(context) {
    const {all, id, relay} = await createFromBundle(context)
    const {options} = context
    writePidFile(options.value('pid-file'), relay.identity.pid)
    try {
      await startContainer(all, id)
    } catch (error) {
      await deleteContainer(all, id, {force: true})
      throw error
    }
    if (options.flag('detach')) {
      relay.release()
      return 0
    }
    const exitCode = await waitForeground(relay)
    if (!options.flag('keep')) await deleteContainer(all, id, {force: true})
    return exitCode
  },
}
