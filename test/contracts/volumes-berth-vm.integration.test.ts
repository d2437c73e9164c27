import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {skipReason} from '../vm/vm-harness.ts'
import {describeVolumes} from './volumes.ts'

describeVolumes('berth-vm', skipReason ?? missingPrerequisite('program:conmon', 'program:pass', 'program:gpg'))
