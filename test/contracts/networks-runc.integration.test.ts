import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {describeNetworks} from './networks.ts'

describeNetworks('runc', missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:ip'))
