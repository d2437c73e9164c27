import {freezeRootfs} from '../sandbox/freeze-rootfs.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: "let writes to a container's scratch disk go on",
  usage: 'CONTAINER',
  options: {},
  args: [1, 1],
  async run({args, services}) {
    await freezeRootfs(await services(), args[0] ?? '', 'thaw-filesystems')
    return 0
  },
}
