export {default} from '../kill.ts'
