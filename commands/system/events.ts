export {default} from '../events.ts'
