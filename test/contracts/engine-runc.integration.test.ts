import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {describeEngine} from './engine.ts'

describeEngine('runc', missingPrerequisite('root', 'program:runc', 'program:conmon'))
