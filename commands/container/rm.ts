export {default} from '../rm.ts'
