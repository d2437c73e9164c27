import {freezeRootfs} from '../sandbox/freeze-rootfs.ts'
import type {Verb} from './verb.ts'

export const verb: Verb = {
  summary: "hold back writes to a container's scratch disk, so that the host can read it; thaw ends it",
  usage: 'CONTAINER',
  options: {},
  args: [1, 1],
  async run({args, services}) {
    await freezeRootfs(await services(), args[0] ?? '', 'freeze-filesystems')
    return 0
  },
}
