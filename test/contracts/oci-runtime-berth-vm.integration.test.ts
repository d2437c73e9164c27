import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {buildRuntime, missingGuest} from '../vm/runtime-under-test.ts'
import {describeOciRuntime} from './oci-runtime.ts'

const skip = missingPrerequisite('root', 'program:qemu-system-x86_64', 'program:ip', 'program:tc') ?? missingGuest()

describeOciRuntime(
  'berth-vm',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'bt-vm-'))
    return {
      program: await buildRuntime(directory),
      close: async () => rmSync(directory, {recursive: true, force: true}),
    }
  },
  skip,
)
