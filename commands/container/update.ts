export {default} from '../update.ts'
