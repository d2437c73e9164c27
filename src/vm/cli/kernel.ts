import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {installRoot, pipeThrough} from '../../host/index.ts'
import type {Verb} from './verb.ts'

/** The guest's recipe: kernel sources of the distribution, the smallest configuration that containers need. */
const RECIPE = 'guest/kernel/build.sh'

export const verb: Verb = {
  summary: 'build the small guest kernel (`kernel build`); takes some ten minutes',
  usage: 'build',
  options: {},
  args: [1, 1],
  async run({args}) {
    if (args[0] !== 'build') throw new EngineError('ERR_INVALID_ARG', `kernel: ${args[0]} is not build`)
    const recipe = join(installRoot(), RECIPE)
    if (!existsSync(recipe)) throw new EngineError('ERR_VM_CONFIG', `${recipe}: no such file`)
    await pipeThrough('sh', [recipe], {stdout: 1})
    return 0
  },
}
