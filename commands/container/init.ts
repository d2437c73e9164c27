export {default} from '../init.ts'
