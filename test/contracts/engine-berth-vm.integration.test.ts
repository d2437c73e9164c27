import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {skipReason} from '../vm/vm-harness.ts'
import {describeEngine} from './engine.ts'

describeEngine('berth-vm', skipReason ?? missingPrerequisite('program:conmon'))
