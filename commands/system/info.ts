export {default} from '../info.ts'
