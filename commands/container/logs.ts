export {default} from '../logs.ts'
