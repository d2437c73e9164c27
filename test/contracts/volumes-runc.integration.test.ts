import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {describeVolumes} from './volumes.ts'

describeVolumes('runc', missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:pass', 'program:gpg'))
