import {existsSync} from 'node:fs'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {describeOciRuntime} from './oci-runtime.ts'

/** crun refuses hosts that have cgroups of both versions. */
const hybrid = existsSync('/sys/fs/cgroup/cgroup.controllers') ? undefined : 'needs a host with cgroup v2'

describeOciRuntime(
  'crun',
  async () => ({program: 'crun', close: async () => {}}),
  hybrid ?? missingPrerequisite('root', 'program:crun'),
  {inWordsOfRunc: false},
)
