export {default} from '../pull.ts'
