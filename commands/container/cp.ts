export {default} from '../cp.ts'
