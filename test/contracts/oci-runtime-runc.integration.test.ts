import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {describeOciRuntime} from './oci-runtime.ts'

describeOciRuntime(
  'runc',
  async () => ({program: 'runc', close: async () => {}}),
  missingPrerequisite('root', 'program:runc'),
)
