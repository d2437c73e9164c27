export {default} from '../restart.ts'
