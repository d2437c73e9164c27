import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {skipReason} from '../vm/vm-harness.ts'
import {describeNetworks} from './networks.ts'

describeNetworks('berth-vm', skipReason ?? missingPrerequisite('program:conmon', 'program:ip'))
